import { Tabs } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { DatasetVersion } from '~/api/types';
import { Waiting } from '~/components/QueryView';
import { TabStrip } from '~/components/TabStrip';
import { useI18n } from '~/i18n/I18nProvider';
import { RowsTab } from './RowsTab';
import { type DatasetSearch, type DatasetTab, TABS } from './search';

const ColumnsTab = lazy(async () => ({ default: (await import('./ColumnsTab')).ColumnsTab }));
const ReportTab = lazy(async () => ({ default: (await import('./ReportTab')).ReportTab }));
const VersionsTab = lazy(async () => ({ default: (await import('./VersionsTab')).VersionsTab }));

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
      <Suspense fallback={<Waiting rows={8} />}>
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
      </Suspense>
    </Tabs>
  );
}
