import { ActionIcon, Affix, Paper, Stack } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { EndedJob } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { NewsItem } from './NewsItem';
import classes from './NewsToasts.module.css';
import { useNews } from './useNews';

const SHOWN_MS = 8_000;

/** Says for a moment what has just ended, unless its own page is open; the bell keeps it. */
export function NewsToasts() {
  const [news, dismiss] = useNews();
  const { pathname } = useLocation();
  const elsewhere = news.filter(
    (job) => !pathname.includes(job.id) && !(job.dataset_id && pathname.includes(job.dataset_id)),
  );
  return (
    <Affix className={classes.corner} withinPortal={false}>
      <Stack gap="xs" role="status">
        {elsewhere.map((job) => (
          <Toast key={job.id} job={job} onClose={() => dismiss(job.id)} />
        ))}
      </Stack>
    </Affix>
  );
}

function Toast({ job, onClose }: { job: EndedJob; onClose: () => void }) {
  const { t } = useI18n();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each poll renders anew, and must not begin the time again.
  useEffect(() => {
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Paper className={classes.toast} shadow="md" p={4}>
      <NewsItem job={job} onOpen={onClose} />
      <ActionIcon variant="subtle" color="gray" onClick={onClose} aria-label={t('common.close')}>
        <IconX size={16} />
      </ActionIcon>
    </Paper>
  );
}
