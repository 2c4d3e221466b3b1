import { Button, Group } from '@mantine/core';
import {
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  type TablerIcon,
} from '@tabler/icons-react';
import type { Job, JobStatus } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import type { JobAction, useJobAction } from './queries';

const POSSIBLE: Record<JobStatus, JobAction[]> = {
  queued: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['cancel', 'resume'],
  succeeded: [],
  failed: ['retry'],
  cancelled: ['retry'],
};
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
  const asked = action.isSuccess && job.status === 'running' ? action.variables : undefined;
  return (
    <Group gap="xs">
      {POSSIBLE[job.status].map((name) => {
        const Icon = ICONS[name];
        return (
          <Button
            key={name}
            variant={name === 'resume' || name === 'retry' ? 'filled' : 'default'}
            leftSection={<Icon size={16} aria-hidden="true" />}
            title={name === 'pause' || name === 'resume' ? t('job.pauseHint') : undefined}
            loading={(action.isPending && action.variables === name) || asked === name}
            disabled={action.isPending || asked !== undefined}
            onClick={() => action.mutate(name)}
          >
            {t(`jobAction.${name}`)}
          </Button>
        );
      })}
    </Group>
  );
}
