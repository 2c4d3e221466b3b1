import { Text } from '@mantine/core';
import type { DatasetVersion } from '~/api/types';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { FindingList } from './FindingList';
import { RejectTable } from './RejectTable';
import { RepairPanel } from './RepairPanel';
import type { DatasetSearch } from './search';

interface Props {
  version: DatasetVersion;
  search: DatasetSearch;
  onSearch: (change: Partial<DatasetSearch>) => void;
}

/** What to look at before anything is trained, and the lines that are not among the rows. */
export function ReportTab({ version, search, onSearch }: Props) {
  const { t } = useI18n();
  const { repaired } = version;
  return (
    <>
      {version.repairs.length > 0 && search.repairing && (
        <RepairPanel
          version={version}
          onDone={() => onSearch({ repairing: undefined, version: undefined, finding: undefined })}
          onClose={() => onSearch({ repairing: undefined })}
        />
      )}
      <Section title={t('datasets.report')}>
        {version.findings.length > 0 ? (
          <FindingList
            findings={version.findings}
            // The place of a finding means something in this version only.
            onSearch={(change) => onSearch({ ...change, version: version.number })}
          />
        ) : (
          <Text c="dimmed" fz="sm">
            {t('datasets.reportClean')}
          </Text>
        )}
      </Section>
      {version.rejected_rows > 0 && (
        <div id="rejects">
          <Section
            title={t('datasets.rejects')}
            hint={t('datasets.rejectsHint', { count: version.rejected_rows })}
          >
            <RejectTable version={version} kind="rejects" />
          </Section>
        </div>
      )}
      {repaired && repaired.removed_rows > 0 && (
        <Section
          title={t('datasets.removed')}
          hint={t('datasets.removedHint', { count: repaired.removed_rows, number: repaired.version })}
        >
          <RejectTable version={version} kind="removed" />
        </Section>
      )}
    </>
  );
}
