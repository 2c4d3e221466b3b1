import { Progress, Text, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useI18n } from '~/i18n/I18nProvider';
import { activityQuery } from './queries';
import classes from './RunningIndicator.module.css';

/** What is running, with its percentage, wherever you are. */
export function RunningIndicator() {
  const { t, format } = useI18n();
  const { data } = useQuery(activityQuery);
  const first = data?.active.find((job) => job.status === 'running') ?? data?.active[0];
  if (!data || !first) return null;
  const fraction = first.progress?.fraction ?? 0;
  return (
    <UnstyledButton
      className={classes.box}
      renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId: first.id }} {...props} />}
    >
      <Text fz="xs" c="dimmed" className={classes.count}>
        {t('nav.running', { count: data.active_count })}
      </Text>
      <Text fz="sm" truncate className={classes.name}>
        {first.name}
      </Text>
      <Progress value={fraction * 100} size="sm" className={classes.bar} aria-label={t('job.progress')} />
      <Text fz="xs" className={classes.percent}>
        {first.phase ? `${t(`phase.${first.phase}`)} · ` : ''}
        {format.percent(fraction, 0)}
      </Text>
    </UnstyledButton>
  );
}
