import { Badge, Text } from '@mantine/core';
import type { Worker } from '~/api/types';
import { DataTable } from '~/components/DataTable';
import { TextLink } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';
import { sentences } from '~/i18n/sentences';

/** Who works, on what, with what, and how long ago each was heard of. */
export function WorkerTable({ workers }: { workers: Worker[] }) {
  const { t, say, format } = useI18n();
  return (
    <DataTable
      label={t('workers.title')}
      rows={workers}
      rowKey={(worker) => worker.id}
      columns={[
        {
          key: 'host',
          header: t('workers.machine'),
          cell: (worker) => (
            <Text fz="sm" fw={500} title={worker.id}>
              {worker.host}
            </Text>
          ),
        },
        { key: 'state', header: t('common.status'), cell: (worker) => <State worker={worker} /> },
        { key: 'job', header: t('workers.job'), cell: (worker) => <CurrentJob worker={worker} /> },
        {
          key: 'queues',
          header: t('workers.queues'),
          cell: ({ queues }) => queues.map((queue) => t(`queue.${queue}`)).join(', '),
        },
        {
          key: 'device',
          header: t('workers.device'),
          cell: ({ device, device_saying, cores }) =>
            t('workers.deviceCores', {
              device: sentences(say, 'device', device, [device_saying]),
              count: cores,
            }),
        },
        {
          key: 'memory',
          header: t('workers.memory'),
          cell: (worker) => <Memory worker={worker} />,
        },
        {
          key: 'heartbeat',
          header: t('workers.heartbeat'),
          cell: (worker) =>
            t('workers.heartbeatAgo', { time: format.duration(worker.heartbeat_age_seconds) }),
        },
        { key: 'version', header: t('workers.version'), cell: ({ version }) => version },
      ]}
    />
  );
}

/** Of the machine; under it what its smallest card has, where it tells. */
function Memory({ worker }: { worker: Worker }) {
  const { t, format } = useI18n();
  const used = format.bytes(worker.memory_bytes);
  const total = format.bytes(worker.memory_total_bytes);
  return (
    <>
      {t('workers.memoryOf', { used, total })}
      {worker.card_memory_bytes > 0 && (
        <Text fz="xs" c="dimmed">
          {t('workers.cardMemory', { total: format.bytes(worker.card_memory_bytes) })}
        </Text>
      )}
    </>
  );
}

function State({ worker }: { worker: Worker }) {
  const { t } = useI18n();
  if (!worker.alive) return <Badge color="red">{t('workers.lost')}</Badge>;
  return (
    <Badge color={worker.busy ? 'blue' : 'gray'}>{t(worker.busy ? 'workers.busy' : 'workers.free')}</Badge>
  );
}

function CurrentJob({ worker: { job, busy } }: { worker: Worker }) {
  const { t } = useI18n();
  if (!job) return busy ? t('workers.ofAnother') : null;
  return (
    <TextLink to="/jobs/$jobId" params={{ jobId: job.id }} fz="sm">
      {job.name} · {t(`jobKind.${job.kind}`)}
    </TextLink>
  );
}
