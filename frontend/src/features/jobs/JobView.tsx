import { Alert, Paper, Stack } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Job } from '~/api/types';
import { ChartSkeleton } from '~/components/ChartSkeleton';
import { JobFailure } from '~/components/JobFailure';
import { Waiting } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { Attempts } from './Attempts';
import { specOf } from './JobChoices';
import { JobLog } from './JobLog';
import { JobPhases } from './JobPhases';
import { JobProgress } from './JobProgress';
import { LastWords } from './LastWords';
import { latestValues } from './liveJob';
import { Machine } from './Machine';
import { MetricValues } from './MetricValues';
import { PerplexityNote } from './PerplexityNote';
import { useLiveJob } from './useLiveJob';

const MetricCharts = lazy(() => import('./MetricCharts'));
const SampleAnswers = lazy(() => import('./SampleAnswers'));

interface Props {
  job: Job;
  /** Next steps after a failure. */
  cures?: ReactNode;
  /** What was chosen, and why. */
  choices?: ReactNode;
}

/** A job as it happens: phase, progress, metrics, machine and log. */
export function JobView({ job, cures, choices }: Props) {
  const { t } = useI18n();
  const live = useLiveJob(job);
  const phase = live.phase ?? job.phase;
  // A job that has begun has told something, which is on its way.
  const waiting = job.attempt > 0 && live.lastSequence === 0;
  const values = job.status === 'succeeded' && job.metrics ? job.metrics : latestValues(live.metrics);
  return (
    <>
      {job.error && (
        <JobFailure title={t('job.failed')} failure={job.error}>
          {cures}
        </JobFailure>
      )}
      {live.broken && (
        <Alert color="yellow" icon={<IconPlugConnectedX size={18} />} role="status" mb="md">
          {t('job.broken')}
        </Alert>
      )}
      <Paper mb="xl">
        <Stack gap="md">
          {job.kind === 'fine_tune' && <JobPhases job={job} phase={phase} />}
          {phase === 'fetching' && job.status === 'running' && <LastWords lines={live.log} />}
          <JobProgress
            job={job}
            progress={live.progress ?? job.progress}
            continuedFrom={live.continuedFrom}
          />
        </Stack>
      </Paper>
      {Object.keys(values).length > 0 && (
        <Section title={t('job.metrics')}>
          <MetricValues values={values} />
          {specOf(job)?.task === 'text_generation' && <PerplexityNote points={live.metrics} />}
          <Suspense fallback={<ChartSkeleton />}>
            {waiting ? <ChartSkeleton /> : <MetricCharts points={live.metrics} />}
          </Suspense>
        </Section>
      )}
      {live.samples.length > 0 && (
        <Suspense fallback={<Waiting rows={6} />}>
          <SampleAnswers samples={live.samples} />
        </Suspense>
      )}
      {choices}
      <Attempts job={job} />
      <Machine points={live.resources} running={job.status === 'running'} waiting={waiting} />
      <Section title={t('job.log')}>
        <JobLog lines={live.log} />
      </Section>
    </>
  );
}
