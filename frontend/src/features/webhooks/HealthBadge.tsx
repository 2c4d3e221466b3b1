import { Badge } from '@mantine/core';
import type { Webhook } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import type { MessageKey } from '~/i18n/translate';

type Health = 'off' | 'switchedOff' | 'failing' | 'working' | 'unused';

const LOOK: Record<Health, { label: MessageKey; color: string }> = {
  off: { label: 'webhookHealth.off', color: 'red' },
  switchedOff: { label: 'webhookHealth.switchedOff', color: 'gray' },
  failing: { label: 'webhookHealth.failing', color: 'red' },
  working: { label: 'webhookHealth.working', color: 'teal' },
  unused: { label: 'webhookHealth.unused', color: 'gray' },
};

function healthOf(webhook: Webhook): Health {
  if (!webhook.enabled) return webhook.off_reason === 'switched_off' ? 'switchedOff' : 'off';
  if (webhook.failing_since) return 'failing';
  return webhook.delivered_at ? 'working' : 'unused';
}

/** How a webhook does, in a word. */
export function HealthBadge({ webhook }: { webhook: Webhook }) {
  const { t } = useI18n();
  const { label, color } = LOOK[healthOf(webhook)];
  return <Badge color={color}>{t(label)}</Badge>;
}
