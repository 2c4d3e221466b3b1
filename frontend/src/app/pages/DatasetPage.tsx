import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Dataset, DatasetVersion, Job } from '~/api/types';
import { JobFailure } from '~/components/JobFailure';
import { LinkButton } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { StatusBadge } from '~/components/StatusBadge';
import { DatasetMenu } from '~/features/datasets/DatasetMenu';
import { DeleteDataset } from '~/features/datasets/DeleteDataset';
import { datasetQuery, useRenameDataset, versionQuery } from '~/features/datasets/queries';
import { ReadingForm } from '~/features/datasets/ReadingForm';
import type { DatasetSearch } from '~/features/datasets/search';
import { UploadVersion } from '~/features/datasets/UploadVersion';
import { useI18n } from '~/i18n/I18nProvider';
import { DatasetView } from './DatasetView';
import { ReadingProgress, useReadingJob } from './ReadingProgress';

export function DatasetPage() {
  const { datasetId } = useParams({ from: '/shell/datasets/$datasetId' });
  const job = useReadingJob(datasetId);
  const dataset = useQuery(datasetQuery(datasetId, job !== undefined));
  return (
    <QueryView query={dataset}>{(found) => <Found key={found.id} dataset={found} job={job} />}</QueryView>
  );
}

function Found({ dataset, job }: { dataset: Dataset; job: Job | undefined }) {
  const { t } = useI18n();
  const search = useSearch({ from: '/shell/datasets/$datasetId' });
  const navigate = useNavigate({ from: '/datasets/$datasetId' });
  const [dialog, setDialog] = useState<'upload' | 'delete' | null>(null);
  const rename = useRenameDataset(dataset.id);
  const number = search.version ?? dataset.latest_version;
  const version = useQuery({ ...versionQuery(dataset.id, number ?? 0), enabled: number !== null });
  const change = (part: Partial<DatasetSearch>) =>
    navigate({ search: (before) => ({ ...before, ...part }), replace: !('tab' in part), resetScroll: false });
  const reading = job !== undefined || dataset.status === 'processing';
  return (
    <>
      <PageHeader
        title={dataset.name}
        onRename={rename.mutateAsync}
        crumbs={[{ label: t('nav.datasets'), to: '/datasets' }]}
        badge={<StatusBadge status={reading ? 'processing' : dataset.status} />}
        id={dataset.id}
        facts={version.data && <Facts version={version.data} />}
        action={
          <Group gap="xs" wrap="nowrap">
            {version.data && (
              <LinkButton
                to="/datasets/$datasetId/fine-tune"
                params={{ datasetId: dataset.id }}
                search={{ version: search.version }}
              >
                {t('fineTune.open')}
              </LinkButton>
            )}
            <DatasetMenu
              version={version.data}
              onUpload={() => setDialog('upload')}
              onReading={() => change({ reading: true })}
              onDelete={() => setDialog('delete')}
            />
          </Group>
        }
      />
      {reading && <ReadingProgress job={job} />}
      {dataset.error && !reading && (
        <JobFailure title={t('datasets.failed')} failure={dataset.error}>
          {!search.reading && (
            <Button size="xs" variant="default" onClick={() => change({ reading: true })}>
              {t('reading.title')}
            </Button>
          )}
        </JobFailure>
      )}
      {search.reading && !reading && (number === null || version.data) && (
        <ReadingForm
          dataset={dataset}
          version={version.data}
          onDone={() => change({ reading: undefined, version: undefined, finding: undefined })}
        />
      )}
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
      {number === null && dataset.status === 'failed' && (
        <LinkButton to="/datasets" variant="default">
          {t('datasets.uploadAnother')}
        </LinkButton>
      )}
      {dialog === 'upload' && (
        <UploadVersion
          datasetId={dataset.id}
          onUploaded={() => {
            setDialog(null);
            change({ version: undefined, finding: undefined, row: undefined });
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'delete' && (
        <DeleteDataset
          dataset={dataset}
          onDeleted={() => navigate({ to: '/datasets' })}
          onClose={() => setDialog(null)}
        />
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
