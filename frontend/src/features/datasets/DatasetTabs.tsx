import { Tabs } from '@mantine/core';
import type { DatasetVersion } from '~/api/types';
import { TabStrip } from '~/components/TabStrip';
import { useI18n } from '~/i18n/I18nProvider';
import { ColumnsTab } from './ColumnsTab';
import { ReportTab } from './ReportTab';
import { RowsTab } from './RowsTab';
import { type DatasetSearch, type DatasetTab, TABS } from './search';
import { VersionsTab } from './VersionsTab';

interface Props {
  version: DatasetVersion;
  latest: number | null;
  search: DatasetSearch;
  onSearch: (change: Partial<DatasetSearch>) => void;
}

/** The rows, columns, report and versions of a dataset; the tab is part of the address. */
export function DatasetTabs({ version, latest, search, onSearch }: Props) {
  const { t } = useI18n();
  const tab = search.tab ?? 'table';
  return (
    <Tabs
      value={tab}
      keepMounted={false}
      onChange={(value) => onSearch({ tab: (value ?? 'table') as DatasetTab })}
    >
      <TabStrip names={TABS} active={tab} words={(name) => t(`datasetTab.${name}`)} />
      <Tabs.Panel value="table">
        <RowsTab version={version} search={search} onSearch={onSearch} />
      </Tabs.Panel>
      <Tabs.Panel value="columns">
        <ColumnsTab version={version} />
      </Tabs.Panel>
      <Tabs.Panel value="report">
        <ReportTab version={version} search={search} onSearch={onSearch} />
      </Tabs.Panel>
      <Tabs.Panel value="versions">
        <VersionsTab version={version} latest={latest} />
      </Tabs.Panel>
    </Tabs>
  );
}
