import { Button, Paper, Stack } from '@mantine/core';
import type { Job } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { JobFailure } from '~/components/JobFailure';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { JobLog } from './JobLog';
import { JobPhases } from './JobPhases';
import { JobProgress } from './JobProgress';
import { latestValues } from './liveJob';
import { MetricCharts } from './MetricCharts';
import { MetricValues } from './MetricValues';
import { useRetryJob } from './queries';
import { useLiveJob } from './useLiveJob';

/** A job as it happens: phase, progress, metrics and log. */
export function JobView({ job }: { job: Job }) {
  const { t } = useI18n();
  const live = useLiveJob(job);
  const retry = useRetryJob(job.id);
  const values = job.status === 'succeeded' && job.metrics ? job.metrics : latestValues(live.metrics);
  return (
    <>
      {job.error && (
        <JobFailure title={t('job.failed')} failure={job.error}>
          {job.status === 'failed' && !job.error.users && (
            <Button size="xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
              {t('common.tryAgain')}
            </Button>
          )}
          <ErrorNote error={retry.error} />
        </JobFailure>
      )}
      <Paper mb="xl">
        <Stack gap="md">
          {job.kind === 'fine_tune' && <JobPhases job={job} phase={live.phase ?? job.phase} />}
          <JobProgress job={job} progress={live.progress ?? job.progress} />
        </Stack>
      </Paper>
      {Object.keys(values).length > 0 && (
        <Section title={t('job.metrics')}>
          <MetricValues values={values} />
          <MetricCharts points={live.metrics} />
        </Section>
      )}
      <Section title={t('job.log')}>
        <JobLog lines={live.log} />
      </Section>
    </>
  );
}
