import { Button, Progress, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { Batch } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { TextLink } from '~/components/LinkButton';
import { StatusBadge } from '~/components/StatusBadge';
import { useI18n } from '~/i18n/I18nProvider';
import { isOver, resultPath } from './batchQueries';

/** Files that were sent, how far they are, and what came of them. */
export function BatchTable({ batches }: { batches: Batch[] }) {
  const { t } = useI18n();
  return (
    <DataTable
      label={t('batch.earlier')}
      rows={batches}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'file',
          header: t('batch.file'),
          wide: true,
          cell: (batch) => (
            <TextLink to="/jobs/$jobId" params={{ jobId: batch.job_id }} fz="sm">
              {batch.filename}
            </TextLink>
          ),
        },
        {
          key: 'status',
          header: t('common.status'),
          wide: true,
          cell: (batch) => <BatchState batch={batch} />,
        },
        { key: 'sent', header: t('batch.sent'), cell: ({ created_at: time }) => <Ago time={time} /> },
        { key: 'result', header: t('batch.result'), cell: (batch) => <BatchResult batch={batch} /> },
      ]}
    />
  );
}

function BatchState({ batch }: { batch: Batch }) {
  const { t, say, format } = useI18n();
  const { progress, status, error } = batch;
  if (error) {
    return (
      <Stack gap={4}>
        <StatusBadge status={status} />
        <Text fz="sm">{say(`error.${error.code}`, error.message, error.details)}</Text>
        {error.hint && <Text fz="sm">{say(`error.${error.code}.hint`, error.hint, error.details)}</Text>}
      </Stack>
    );
  }
  if (isOver(batch)) {
    const rows = progress?.total_steps;
    return (
      <Text fz="sm" component="div">
        <StatusBadge status={status} /> {rows ? t('datasets.rowCount', { count: rows }) : null}
      </Text>
    );
  }
  const fraction = progress?.fraction ?? 0;
  const running = status === 'running';
  // While it waits nobody knows how long it will: what was left is of an earlier attempt.
  const left = running && progress?.eta_seconds;
  const facts = [
    running ? format.percent(fraction, 0) : t(`status.${status}`),
    progress?.total_steps ? t('batch.rowsDone', { done: progress.step, total: progress.total_steps }) : null,
    left ? t('job.timeLeft', { time: format.duration(left) }) : null,
  ];
  return (
    <Stack gap={4} miw={180}>
      <Progress value={fraction * 100} aria-label={t('batch.progress', { name: batch.filename })} />
      <Text fz="sm">{facts.filter(Boolean).join(' · ')}</Text>
    </Stack>
  );
}

function BatchResult({ batch }: { batch: Batch }) {
  const { t } = useI18n();
  if (batch.status !== 'succeeded') return null;
  return (
    <Button
      component="a"
      href={resultPath(batch)}
      download
      size="compact-sm"
      variant="default"
      leftSection={<IconDownload size={14} />}
    >
      {t('batch.download')}
    </Button>
  );
}
