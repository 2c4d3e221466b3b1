import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { Dataset, Job } from '~/api/types';
import { LinkButton } from '~/components/LinkButton';
import { PageView } from '~/components/PageView';
import { QueryView } from '~/components/QueryView';
import { datasetQuery, versionQuery } from '~/features/datasets/queries';
import { useI18n } from '~/i18n/I18nProvider';
import type { Dialog } from './DatasetDialog';
import { DatasetHeader } from './DatasetHeader';
import { DatasetReading } from './DatasetReading';
import { DatasetView } from './DatasetView';
import { useReadingJob } from './ReadingProgress';
import { useDatasetSearch } from './useDatasetSearch';

const DatasetDialog = lazy(async () => ({ default: (await import('./DatasetDialog')).DatasetDialog }));

export function DatasetPage() {
  const { datasetId } = useParams({ from: '/shell/datasets/$datasetId' });
  const job = useReadingJob(datasetId);
  const dataset = useQuery(datasetQuery(datasetId, job !== undefined));
  const { t } = useI18n();
  return (
    <PageView query={dataset} crumbs={[{ label: t('nav.datasets'), to: '/datasets' }]}>
      {(found) => <Found key={found.id} dataset={found} job={job} />}
    </PageView>
  );
}

function Found({ dataset, job }: { dataset: Dataset; job: Job | undefined }) {
  const [search, change] = useDatasetSearch();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const number = search.version ?? dataset.latest_version;
  const version = useQuery({ ...versionQuery(dataset.id, number ?? 0), enabled: number !== null });
  const reading = job !== undefined || dataset.status === 'processing';
  return (
    <>
      <DatasetHeader dataset={dataset} version={version.data} reading={reading} onOpen={setDialog} />
      <DatasetReading
        dataset={dataset}
        version={version.data}
        job={job}
        reading={reading}
        ready={number === null || version.isSuccess}
      />
      {number !== null && (
        <QueryView query={version} rows={8}>
          {(found) => (
            <DatasetView
              key={found.id}
              version={found}
              latest={dataset.latest_version ?? null}
              search={search}
              onSearch={change}
            />
          )}
        </QueryView>
      )}
      {number === null && dataset.status === 'failed' && <UploadAnother />}
      {dialog && (
        <Suspense>
          <DatasetDialog dialog={dialog} dataset={dataset} onClose={() => setDialog(null)} />
        </Suspense>
      )}
    </>
  );
}

function UploadAnother() {
  const { t } = useI18n();
  return (
    <LinkButton to="/datasets" variant="default">
      {t('datasets.uploadAnother')}
    </LinkButton>
  );
}
