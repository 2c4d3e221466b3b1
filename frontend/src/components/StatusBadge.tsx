import { Badge } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import type { MessageKey } from '~/i18n/translate';

export type Status =
  | 'processing'
  | 'ready'
  | 'failed'
  | 'queued'
  | 'running'
  | 'paused'
  | 'succeeded'
  | 'cancelled'
  | 'starting';

const LOOK: Record<Status, { label: MessageKey; color: string }> = {
  processing: { label: 'status.processing', color: 'blue' },
  ready: { label: 'status.ready', color: 'teal' },
  failed: { label: 'status.failed', color: 'red' },
  queued: { label: 'status.queued', color: 'gray' },
  running: { label: 'status.running', color: 'blue' },
  paused: { label: 'status.paused', color: 'yellow' },
  succeeded: { label: 'status.succeeded', color: 'teal' },
  cancelled: { label: 'status.cancelled', color: 'gray' },
  starting: { label: 'status.starting', color: 'blue' },
};

/** The state of a thing as a word on a quiet ground. */
export function StatusBadge({ status }: { status: Status }) {
  const { t } = useI18n();
  const { label, color } = LOOK[status];
  return <Badge color={color}>{t(label)}</Badge>;
}
