import type { Job } from '~/api/types';
import type { Format } from '~/i18n/format';
import type { Translate } from '~/i18n/translate';

/** Positions are counted so far; one more stands for every place behind. */
const COUNTED_TO = 1000;

type Waiting = Pick<Job, 'status' | 'queue_position' | 'expected_start_at' | 'waits_for'>;

/** Where a waiting job stands, and about when it starts or why it does not; nothing for one that does not wait. */
export function queueWords(job: Waiting, t: Translate, format: Format, now = Date.now()): string[] {
  if (job.status !== 'queued') return [];
  if (job.waits_for === 'card') return [t('queue.noCard')];
  if (!job.queue_position) return [];
  const place =
    job.queue_position > COUNTED_TO
      ? t('queue.farBehind', { count: COUNTED_TO })
      : t('queue.position', { position: job.queue_position });
  if (job.waits_for === 'worker') return [place, t('queue.noWorker')];
  if (job.waits_for === 'limit') return [place, t('queue.limit')];
  if (!job.expected_start_at) return [place];
  const seconds = (Date.parse(job.expected_start_at) - now) / 1000;
  return [place, seconds < 1 ? t('queue.soon') : t('queue.starts', { time: format.duration(seconds) })];
}
