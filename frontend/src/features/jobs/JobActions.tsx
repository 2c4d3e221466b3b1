import { Button, Group } from '@mantine/core';
import {
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  type TablerIcon,
} from '@tabler/icons-react';
import type { Job, JobAction } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import type { useJobAction } from './queries';

const ICONS: Record<JobAction, TablerIcon> = {
  pause: IconPlayerPause,
  cancel: IconPlayerStop,
  resume: IconPlayerPlay,
  retry: IconRefresh,
};

interface Props {
  job: Job;
  action: ReturnType<typeof useJobAction>;
}

/** What can be done with the job in its state; the way forward is the primary one. */
export function JobActions({ job, action }: Props) {
  const { t } = useI18n();
  // A running job goes on until its worker has stopped it.
  const names = job.asked ? [job.asked, ...job.actions] : job.actions;
  const goesOn = job.kind === 'fine_tune' || job.spec.task === 'text_generation';
  const pauseHint = t(goesOn ? 'job.pauseHint' : 'job.pauseHintAnew');
  return (
    <Group gap="xs">
      {names.map((name) => {
        const Icon = ICONS[name];
        return (
          <Button
            key={name}
            variant={name === 'resume' || name === 'retry' ? 'filled' : 'default'}
            leftSection={<Icon size={16} aria-hidden="true" />}
            title={name === 'pause' || name === 'resume' ? pauseHint : undefined}
            loading={(action.isPending && action.variables === name) || job.asked === name}
            disabled={action.isPending}
            onClick={() => action.mutate(name)}
          >
            {t(`jobAction.${name}`)}
          </Button>
        );
      })}
    </Group>
  );
}
