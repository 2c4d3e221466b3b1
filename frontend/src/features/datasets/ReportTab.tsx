import { Text } from '@mantine/core';
import type { DatasetVersion } from '~/api/types';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { FindingList } from './FindingList';
import { RejectTable } from './RejectTable';
import type { DatasetSearch } from './search';

interface Props {
  version: DatasetVersion;
  onSearch: (change: Partial<DatasetSearch>) => void;
}

/** What to look at before anything is trained, and the lines that are not among the rows. */
export function ReportTab({ version, onSearch }: Props) {
  const { t } = useI18n();
  return (
    <>
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
            <RejectTable version={version} />
          </Section>
        </div>
      )}
    </>
  );
}
