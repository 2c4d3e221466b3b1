import { Progress, Text, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useI18n } from '~/i18n/I18nProvider';
import { isOver, jobsQuery } from './queries';
import classes from './RunningJobs.module.css';

/** In the rail: what is running, with its percentage. */
export function RunningJobs() {
  const { t, format } = useI18n();
  const { data } = useQuery(jobsQuery());
  const active = data?.data.filter((job) => !isOver(job.status)) ?? [];
  const first = active.find((job) => job.status === 'running') ?? active[0];
  if (!first) return null;
  const fraction = first.progress?.fraction ?? 0;
  return (
    <UnstyledButton
      className={classes.box}
      renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: first.id }} {...props} />}
    >
      <Text fz="xs" c="dimmed">
        {t('nav.running', { count: active.length })}
      </Text>
      <Text fz="sm" truncate>
        {first.name}
      </Text>
      <Progress value={fraction * 100} size="sm" mt={4} aria-label={t('job.progress')} />
      <Text fz="xs" mt={2}>
        {format.percent(fraction, 0)}
      </Text>
    </UnstyledButton>
  );
}
