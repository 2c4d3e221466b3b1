import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Webhook } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { PageHeader } from '~/components/PageHeader';
import { PageView } from '~/components/PageView';
import { DeliveryLog } from '~/features/webhooks/DeliveryLog';
import { DeliveryPanel } from '~/features/webhooks/DeliveryPanel';
import { HealthBadge } from '~/features/webhooks/HealthBadge';
import { HealthNote } from '~/features/webhooks/HealthNote';
import { useSendTest, webhookQuery } from '~/features/webhooks/queries';
import type { WebhookSearch } from '~/features/webhooks/search';
import { WebhookSettings } from '~/features/webhooks/WebhookSettings';
import { useI18n } from '~/i18n/I18nProvider';

export function WebhookPage() {
  const { webhookId } = useParams({ from: '/shell/settings/webhooks/$webhookId' });
  const { t } = useI18n();
  return (
    <PageView
      query={useQuery(webhookQuery(webhookId))}
      crumbs={[
        { label: t('nav.settings'), to: '/settings' },
        { label: t('webhooks.title'), to: '/settings/webhooks' },
      ]}
    >
      {(webhook) => <Found key={webhook.id} webhook={webhook} />}
    </PageView>
  );
}

function Found({ webhook }: { webhook: Webhook }) {
  const { t } = useI18n();
  const { show = 'all', delivery } = useSearch({ from: '/shell/settings/webhooks/$webhookId' });
  const navigate = useNavigate({ from: '/settings/webhooks/$webhookId' });
  const test = useSendTest(webhook.id);
  const go = (changed: WebhookSearch) => navigate({ search: (before) => ({ ...before, ...changed }) });
  return (
    <>
      <PageHeader
        title={webhook.url}
        crumbs={[
          { label: t('nav.settings'), to: '/settings' },
          { label: t('webhooks.title'), to: '/settings/webhooks' },
        ]}
        badge={<HealthBadge webhook={webhook} />}
        id={webhook.id}
        action={
          <Button
            disabled={!webhook.enabled}
            loading={test.isPending}
            onClick={() => test.mutate(undefined, { onSuccess: ({ id }) => go({ delivery: id }) })}
          >
            {t('webhooks.test')}
          </Button>
        }
      />
      <ErrorNote error={test.error} />
      <HealthNote webhook={webhook} />
      <DeliveryLog
        webhookId={webhook.id}
        filter={show}
        onFilter={(filter) => go({ show: filter === 'all' ? undefined : filter })}
        onOpen={(id) => go({ delivery: id })}
      />
      {delivery && (
        <DeliveryPanel
          webhookId={webhook.id}
          deliveryId={delivery}
          canSend={webhook.enabled}
          onClose={() => go({ delivery: undefined })}
        />
      )}
      <WebhookSettings webhook={webhook} onDeleted={() => navigate({ to: '/settings/webhooks' })} />
    </>
  );
}
