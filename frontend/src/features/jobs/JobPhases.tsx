import { Group, Text } from '@mantine/core';
import { IconCheck, IconCircle, IconCircleFilled } from '@tabler/icons-react';
import type { Job, JobPhase } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';

const PHASES: JobPhase[] = ['preparing', 'training', 'evaluating', 'packaging'];

/** The four phases of a fine-tune, and where it is. */
export function JobPhases({ job, phase }: { job: Job; phase: JobPhase | null }) {
  const { t } = useI18n();
  const current = job.status === 'succeeded' ? PHASES.length : phase ? PHASES.indexOf(phase) : -1;
  return (
    <Group component="ol" gap="lg" p={0} m={0} style={{ listStyle: 'none' }}>
      {PHASES.map((name, place) => (
        <Group key={name} component="li" gap={6} aria-current={place === current ? 'step' : undefined}>
          {place < current && <IconCheck size={14} aria-label={t('job.phaseDone')} />}
          {place === current && (
            <IconCircleFilled size={10} color="var(--mantine-primary-color-filled)" aria-hidden />
          )}
          {place > current && <IconCircle size={10} color="var(--mantine-color-dimmed)" aria-hidden />}
          <Text fz="sm" fw={place === current ? 600 : 400} c={place > current ? 'dimmed' : undefined}>
            {t(`phase.${name}`)}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
