import { Text } from '@mantine/core';
import type { DatasetVersion } from '~/api/types';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { ColumnTable } from './ColumnTable';
import { FindingList } from './FindingList';
import { Questions } from './Questions';
import { RejectTable } from './RejectTable';
import { RowTable } from './RowTable';

/** Everything known of one version: questions and findings first, then columns, rows and rejected lines. */
export function DatasetVersionView({ version }: { version: DatasetVersion }) {
  const { t } = useI18n();
  const { dataset_id: datasetId, number } = version;
  return (
    <>
      <Questions datasetId={datasetId} questions={version.questions} />
      <Section title={t('datasets.report')}>
        {version.findings.length > 0 ? (
          <FindingList findings={version.findings} />
        ) : (
          <Text c="dimmed" fz="sm">
            {t('datasets.reportClean')}
          </Text>
        )}
      </Section>
      <Section title={t('datasets.columns')} hint={version.suggestion_reason}>
        <ColumnTable columns={version.columns} />
      </Section>
      <Section title={t('datasets.rows')}>
        <RowTable datasetId={datasetId} number={number} />
      </Section>
      {version.rejected_rows > 0 && (
        <Section
          title={t('datasets.rejects')}
          hint={t('datasets.rejectsHint', { count: version.rejected_rows })}
        >
          <RejectTable datasetId={datasetId} number={number} />
        </Section>
      )}
    </>
  );
}
