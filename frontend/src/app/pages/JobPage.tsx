import { Alert, Group, Stack } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Job, ModelVersion } from '~/api/types';
import { Ago } from '~/components/Ago';
import { ErrorNote } from '~/components/ErrorNote';
import { LinkButton, TextLink } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { PageView } from '~/components/PageView';
import { StatusBadge } from '~/components/StatusBadge';
import { sessionQuery } from '~/features/account/queries';
import { BatchOfJob } from '~/features/deployments/BatchOfJob';
import { searchOf } from '~/features/fine-tuning/choices';
import { JobActions } from '~/features/jobs/JobActions';
import { JobChoices, specOf } from '~/features/jobs/JobChoices';
import { JobView } from '~/features/jobs/JobView';
import { jobQuery, useJobAction } from '~/features/jobs/queries';
import { versionByIdQuery } from '~/features/models/queries';
import { useI18n } from '~/i18n/I18nProvider';
import { sentences } from '~/i18n/sentences';

export function JobPage() {
  const { jobId } = useParams({ from: '/shell/jobs/$jobId' });
  const job = useQuery(jobQuery(jobId));
  const { t } = useI18n();
  return (
    <PageView query={job} crumbs={[{ label: t('nav.jobs'), to: '/jobs' }]}>
      {(found) => <Found key={found.id} job={found} />}
    </PageView>
  );
}

function Found({ job }: { job: Job }) {
  const { t } = useI18n();
  const action = useJobAction(job.id);
  const versionId = job.model_version_id ?? '';
  const version = useQuery({ ...versionByIdQuery(versionId), enabled: versionId !== '' });
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
          job.status === 'succeeded' ? (
            <ToResult job={job} version={version.data} />
          ) : (
            <JobActions job={job} action={action} />
          )
        }
      />
      <ErrorNote error={action.error} />
      {job.waits_for === 'worker' && <NoWorker why={t('workers.noneForJob')} />}
      {job.waits_for === 'card' && <NoWorker why={t('workers.noneWithCard')} />}
      <JobView job={job} cures={<Cures job={job} />} choices={<Choices job={job} version={version.data} />} />
    </>
  );
}

/** Nothing starts; who may look after the workers is led there. */
function NoWorker({ why }: { why: string }) {
  const { t } = useI18n();
  const session = useQuery(sessionQuery);
  return (
    <Alert color="yellow" icon={<IconPlugConnectedX size={18} />} role="status" mb="md">
      <Stack gap="xs" align="flex-start">
        {why}
        {session.data?.scopes.includes('admin') && (
          <LinkButton to="/settings/workers" size="xs" variant="default">
            {t('workers.open')}
          </LinkButton>
        )}
      </Stack>
    </Alert>
  );
}

/** What came out of the job: the next step after it. */
function ToResult({ job, version }: { job: Job; version: ModelVersion | undefined }) {
  const { t } = useI18n();
  if (version) {
    const params = { modelId: version.model_id, number: String(version.number) };
    return (
      <LinkButton to="/models/$modelId/versions/$number" params={params}>
        {t('job.toModel')}
      </LinkButton>
    );
  }
  if (job.kind === 'batch_predict') return <BatchOfJob batchId={String(job.spec.batch_id)} done />;
  if (job.kind !== 'ingest' || !job.dataset_id) return null;
  return (
    <LinkButton to="/datasets/$datasetId" params={{ datasetId: job.dataset_id }}>
      {t('job.toDataset')}
    </LinkButton>
  );
}

/** Where the cause of a failure can be mended: the rows, and the choices that were made. */
function Cures({ job }: { job: Job }) {
  const { t } = useI18n();
  const spec = specOf(job);
  if (job.kind === 'batch_predict') return <BatchOfJob batchId={String(job.spec.batch_id)} done={false} />;
  if (!job.dataset_id) return null;
  const params = { datasetId: job.dataset_id };
  return (
    <Group gap="xs">
      {spec ? (
        <>
          <LinkButton
            to="/datasets/$datasetId"
            params={params}
            search={{ tab: 'report', version: spec.dataset_version }}
            size="xs"
            variant="default"
          >
            {t('job.toRows')}
          </LinkButton>
          <LinkButton
            to="/datasets/$datasetId/fine-tune"
            params={params}
            search={searchOf(spec)}
            size="xs"
            variant="default"
          >
            {t('job.toChoices')}
          </LinkButton>
        </>
      ) : (
        <LinkButton to="/datasets/$datasetId" params={params} size="xs" variant="default">
          {t('job.toDataset')}
        </LinkButton>
      )}
    </Group>
  );
}

function Choices({ job, version }: { job: Job; version: ModelVersion | undefined }) {
  const { t, say } = useI18n();
  const spec = specOf(job);
  if (!spec || !job.dataset_id) return null;
  const dataset = (
    <TextLink to="/datasets/$datasetId" params={{ datasetId: job.dataset_id }} fz="sm">
      {t('job.datasetVersion', { number: spec.dataset_version, rows: spec.rows })}
    </TextLink>
  );
  const reason = version && sentences(say, 'log', version.chosen.reason, version.chosen.reasons);
  return <JobChoices spec={spec} dataset={dataset} reason={reason} />;
}
