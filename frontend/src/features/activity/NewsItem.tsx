import { Text } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { EndedJob } from '~/api/types';
import { Ago } from '~/components/Ago';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './NewsItem.module.css';

interface Props {
  job: EndedJob;
  onOpen?: () => void;
}

/** One thing that finished or failed, as a link to it. */
export function NewsItem({ job, onOpen }: Props) {
  const { t, say } = useI18n();
  const failed = job.status === 'failed';
  const Icon = failed ? IconCircleX : IconCircleCheck;
  return (
    <Link to="/jobs/$jobId" params={{ jobId: job.id }} className={classes.item} onClick={onOpen}>
      <Icon
        size={18}
        stroke={1.6}
        aria-hidden="true"
        color={failed ? 'var(--ty-danger)' : 'var(--mantine-primary-color-filled)'}
      />
      <span className={classes.text}>
        <Text span fz="sm" fw={500} truncate>
          {job.name}
        </Text>
        <Text span fz="sm">
          {t(failed ? 'news.failed' : 'news.succeeded', { kind: t(`jobKind.${job.kind}`) })}
        </Text>
        {job.error && (
          <Text span fz="xs" c="dimmed" lineClamp={2}>
            {say(`error.${job.error.code}`, job.error.message, job.error.details)}
          </Text>
        )}
        <Text span fz="xs" c="dimmed">
          <Ago time={job.finished_at} />
        </Text>
      </span>
      {job.is_new && <span className={classes.dot} role="img" aria-label={t('news.new')} />}
    </Link>
  );
}
