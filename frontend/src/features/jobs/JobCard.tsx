import { Group, Paper, Stack } from '@mantine/core';
import type { Job } from '~/api/types';
import { TextLink } from '~/components/LinkButton';
import { StatusBadge } from '~/components/StatusBadge';
import { useI18n } from '~/i18n/I18nProvider';
import { JobProgress } from './JobProgress';

/** A job in a line or two, with its progress. */
export function JobCard({ job }: { job: Job }) {
  const { t } = useI18n();
  return (
    <Paper>
      <Stack gap="xs">
        <Group justify="space-between">
          <TextLink to="/jobs/$jobId" params={{ jobId: job.id }} fw={500} fz="sm">
            {job.name} · {job.phase ? t(`phase.${job.phase}`) : t(`jobKind.${job.kind}`)}
          </TextLink>
          <StatusBadge status={job.status} />
        </Group>
        <JobProgress job={job} />
      </Stack>
    </Paper>
  );
}
