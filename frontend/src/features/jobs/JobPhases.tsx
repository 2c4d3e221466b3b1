import { Group, Text } from '@mantine/core';
import { IconCheck, IconCircle, IconCircleFilled, IconX } from '@tabler/icons-react';
import type { Job, JobPhase } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';

const PHASES: JobPhase[] = ['preparing', 'training', 'evaluating', 'packaging'];

type State = 'done' | 'current' | 'failed' | 'ahead';

/** The four phases of a fine-tune, and where it is or where it ended; to fetch its base model is part of the first. */
export function JobPhases({ job, phase }: { job: Job; phase: JobPhase | null }) {
  const { t } = useI18n();
  const current =
    job.status === 'succeeded' ? PHASES.length : phase ? Math.max(0, PHASES.indexOf(phase)) : -1;
  const stateOf = (place: number): State => {
    if (place !== current) return place < current ? 'done' : 'ahead';
    return job.status === 'failed' ? 'failed' : 'current';
  };
  return (
    <Group component="ol" gap="lg" p={0} m={0} style={{ listStyle: 'none' }} aria-label={t('job.phases')}>
      {PHASES.map((name, place) => {
        const state = stateOf(place);
        return (
          <Group key={name} component="li" gap={6} aria-current={state === 'current' ? 'step' : undefined}>
            <Mark state={state} />
            <Text fz="sm" fw={state === 'current' ? 600 : 400} c={state === 'ahead' ? 'dimmed' : undefined}>
              {t(`phase.${place === current && phase ? phase : name}`)}
            </Text>
          </Group>
        );
      })}
    </Group>
  );
}

function Mark({ state }: { state: State }) {
  const { t } = useI18n();
  switch (state) {
    case 'done':
      return (
        <IconCheck size={14} color="var(--mantine-primary-color-filled)" aria-label={t('job.phaseDone')} />
      );
    case 'failed':
      return <IconX size={14} color="var(--ty-danger)" aria-label={t('status.failed')} />;
    case 'current':
      return <IconCircleFilled size={10} color="var(--mantine-primary-color-filled)" aria-hidden />;
    case 'ahead':
      return <IconCircle size={10} color="var(--mantine-color-dimmed)" aria-hidden />;
  }
}
