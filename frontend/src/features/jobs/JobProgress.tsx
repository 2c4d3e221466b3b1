import { Progress as Bar, Group, Text } from '@mantine/core';
import type { Job, Progress } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { isOver } from './queries';
import { queueWords } from './queueWords';
import { useTimeLeft } from './useTimeLeft';

const GLIDE_MS = 500;

interface Props {
  job: Job;
  progress?: Progress | null;
  /** The step at which this attempt went on. */
  continuedFrom?: number | null;
}

/** How far a job is: a bar, its number, and about how long the rest takes. */
export function JobProgress({ job, progress = job.progress, continuedFrom = null }: Props) {
  const { t, format } = useI18n();
  const working = job.status === 'running' && progress && progress.fraction < 1;
  const left = useTimeLeft(working ? progress : null);
  const fraction = job.status === 'succeeded' ? 1 : (progress?.fraction ?? 0);
  const facts = [format.percent(Math.floor(fraction * 100) / 100, 0), ...queueWords(job, t, format)];
  if (job.status === 'running' && progress && progress.total_steps > 0) {
    const count = { step: progress.step, total: progress.total_steps };
    facts.push(job.kind === 'fine_tune' ? t('job.step', count) : t('job.rows', count));
  }
  if (left !== null) facts.push(t('job.timeLeft', { time: format.duration(left) }));
  return (
    <div>
      <Bar
        value={fraction * 100}
        transitionDuration={GLIDE_MS}
        color={
          job.status === 'failed'
            ? 'red'
            : isOver(job.status) && job.status !== 'succeeded'
              ? 'gray'
              : undefined
        }
        aria-label={t('job.progress')}
      />
      <Group mt={6} justify="space-between">
        <Text fz="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
          {facts.join(' · ')}
        </Text>
        {job.attempt > 1 && (
          <Text fz="sm" c="dimmed">
            {continuedFrom === null
              ? t('job.attempt', { number: job.attempt })
              : t('job.attemptContinued', { number: job.attempt, step: continuedFrom })}
          </Text>
        )}
      </Group>
    </div>
  );
}
