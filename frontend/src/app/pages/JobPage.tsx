import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Job } from '~/api/types';
import { Ago } from '~/components/Ago';
import { ErrorNote } from '~/components/ErrorNote';
import { LinkButton } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { StatusBadge } from '~/components/StatusBadge';
import { JobView } from '~/features/jobs/JobView';
import { isOver, jobQuery, useCancelJob } from '~/features/jobs/queries';
import { versionByIdQuery } from '~/features/models/queries';
import { useI18n } from '~/i18n/I18nProvider';

export function JobPage() {
  const { jobId } = useParams({ from: '/shell/jobs/$jobId' });
  const job = useQuery(jobQuery(jobId));
  return <QueryView query={job}>{(found) => <Found key={found.id} job={found} />}</QueryView>;
}

function Found({ job }: { job: Job }) {
  const { t } = useI18n();
  const cancel = useCancelJob(job.id);
  return (
    <>
      <PageHeader
        title={job.name}
        crumbs={[{ label: t('nav.jobs'), to: '/jobs' }]}
        badge={<StatusBadge status={job.status} />}
        id={job.id}
        facts={
          <>
            {t(`jobKind.${job.kind}`)} · <Ago time={job.created_at} />
          </>
        }
        action={
          isOver(job.status) ? (
            <ToResult job={job} />
          ) : (
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {t('job.cancel')}
            </Button>
          )
        }
      />
      <ErrorNote error={cancel.error} />
      <JobView job={job} />
    </>
  );
}

/** What came out of the job: the next step after it. */
function ToResult({ job }: { job: Job }) {
  const { t } = useI18n();
  const id = job.model_version_id ?? '';
  const version = useQuery({ ...versionByIdQuery(id), enabled: id !== '' });
  if (version.data) {
    const params = { modelId: version.data.model_id, number: String(version.data.number) };
    return (
      <LinkButton to="/models/$modelId/versions/$number" params={params}>
        {t('job.toModel')}
      </LinkButton>
    );
  }
  if (job.kind !== 'ingest' || !job.dataset_id) return null;
  return (
    <LinkButton to="/datasets/$datasetId" params={{ datasetId: job.dataset_id }} variant="default">
      {t('job.toDataset')}
    </LinkButton>
  );
}
