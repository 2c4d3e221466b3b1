import type { Webhook } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { TextLink } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';
import { HealthBadge } from './HealthBadge';

/** Where events are sent to, and how each receiver does. */
export function WebhookTable({ webhooks }: { webhooks: Webhook[] }) {
  const { t } = useI18n();
  return (
    <DataTable
      label={t('webhooks.title')}
      rows={webhooks}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'url',
          header: t('webhooks.url'),
          wide: true,
          cell: ({ id, url }) => (
            <TextLink
              to="/settings/webhooks/$webhookId"
              params={{ webhookId: id }}
              fz="sm"
              style={{ overflowWrap: 'anywhere' }}
            >
              {url}
            </TextLink>
          ),
        },
        { key: 'health', header: t('common.status'), cell: (webhook) => <HealthBadge webhook={webhook} /> },
        {
          key: 'events',
          header: t('webhooks.events'),
          cell: ({ events }) => events.map((name) => t(`webhookEvent.${name}`)).join(', '),
        },
        {
          key: 'delivered',
          header: t('webhooks.delivered'),
          cell: ({ delivered_at: time }) => (time ? <Ago time={time} /> : t('webhooks.never')),
        },
      ]}
    />
  );
}
