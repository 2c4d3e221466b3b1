import { Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Dataset, DatasetVersion } from '~/api/types';
import { JobFailure } from '~/components/JobFailure';
import { LinkButton } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { StatusBadge } from '~/components/StatusBadge';
import { DatasetVersionView } from '~/features/datasets/DatasetVersionView';
import { datasetQuery, versionQuery } from '~/features/datasets/queries';
import { JobProgress } from '~/features/jobs/JobProgress';
import { jobsQuery } from '~/features/jobs/queries';
import { useI18n } from '~/i18n/I18nProvider';

export function DatasetPage() {
  const { datasetId } = useParams({ from: '/shell/datasets/$datasetId' });
  const dataset = useQuery(datasetQuery(datasetId));
  return <QueryView query={dataset}>{(found) => <Found key={found.id} dataset={found} />}</QueryView>;
}

function Found({ dataset }: { dataset: Dataset }) {
  const { t } = useI18n();
  const number = dataset.latest_version;
  const version = useQuery({ ...versionQuery(dataset.id, number ?? 0), enabled: number !== null });
  return (
    <>
      <PageHeader
        title={dataset.name}
        crumbs={[{ label: t('nav.datasets'), to: '/datasets' }]}
        badge={<StatusBadge status={dataset.status} />}
        id={dataset.id}
        facts={version.data && <Facts version={version.data} />}
        action={
          version.data && (
            <LinkButton to="/datasets/$datasetId/fine-tune" params={{ datasetId: dataset.id }}>
              {t('fineTune.open')}
            </LinkButton>
          )
        }
      />
      {dataset.error && <JobFailure title={t('datasets.failed')} failure={dataset.error} />}
      {dataset.status === 'processing' && <Processing datasetId={dataset.id} />}
      {number !== null && (
        <QueryView query={version} rows={8}>
          {(found) => <DatasetVersionView key={found.id} version={found} />}
        </QueryView>
      )}
    </>
  );
}

function Facts({ version }: { version: DatasetVersion }) {
  const { t } = useI18n();
  const facts = [
    t('common.versionShort', { number: version.number }),
    t('datasets.rowCount', { count: version.rows }),
    t('datasets.columnCount', { count: version.columns.length }),
  ];
  return facts.join(' · ');
}

/** How far the job is that reads the file. */
function Processing({ datasetId }: { datasetId: string }) {
  const { t } = useI18n();
  const jobs = useQuery(jobsQuery());
  const job = jobs.data?.data.find(({ kind, dataset_id }) => kind === 'ingest' && dataset_id === datasetId);
  return (
    <Paper mb="lg">
      <Stack gap="xs">
        <Text fz="sm">{t('datasets.processing')}</Text>
        {job && <JobProgress job={job} />}
      </Stack>
    </Paper>
  );
}
