import { Button, Drawer, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Delivery } from '~/api/types';
import { Ago } from '~/components/Ago';
import { CodeSnippet } from '~/components/CodeSnippet';
import { CopyableId } from '~/components/CopyableId';
import { ErrorNote } from '~/components/ErrorNote';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { AttemptList } from './AttemptList';
import { DeliveryBadge } from './DeliveryBadge';
import { deliveryQuery, useResend } from './queries';

interface Props {
  webhookId: string;
  deliveryId: string;
  canSend: boolean;
  onClose: () => void;
}

/** One delivery: what was sent, what came back each time, and the same again. */
export function DeliveryPanel({ webhookId, deliveryId, canSend, onClose }: Props) {
  const { t } = useI18n();
  const found = useQuery(deliveryQuery(webhookId, deliveryId));
  const type = found.data?.type;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={type ? t(`webhookEvent.${type}`) : t('delivery.one')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      // It heads the panel, not the page.
      attributes={{ header: { role: 'none' } }}
    >
      <QueryView query={found}>
        {(delivery) => (
          <Stack gap="md">
            <Facts delivery={delivery} />
            {canSend && <Resend webhookId={webhookId} deliveryId={deliveryId} />}
            <Title order={3}>{t('delivery.payload')}</Title>
            <CodeSnippet code={JSON.stringify(delivery.payload, null, 2)} />
            <Title order={3}>{t('delivery.attempts')}</Title>
            <AttemptList attempts={delivery.attempts} status={delivery.status} />
          </Stack>
        )}
      </QueryView>
    </Drawer>
  );
}

function Facts({ delivery }: { delivery: Delivery }) {
  const { t, format } = useI18n();
  const { status, created_at: created, next_attempt_at: next, message_id: id } = delivery;
  return (
    <Stack gap={4} align="flex-start">
      <Group gap="xs">
        <DeliveryBadge status={status} />
        <Text fz="sm" c="dimmed" component="span">
          <Ago time={created} />
        </Text>
      </Group>
      <CopyableId id={id} />
      {next && <Text fz="sm">{t('delivery.next', { time: format.time(next) })}</Text>}
    </Stack>
  );
}

function Resend({ webhookId, deliveryId }: Pick<Props, 'webhookId' | 'deliveryId'>) {
  const { t } = useI18n();
  const resend = useResend(webhookId);
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        size="xs"
        variant="default"
        loading={resend.isPending}
        onClick={() => resend.mutate(deliveryId)}
      >
        {t('delivery.resend')}
      </Button>
      <ErrorNote error={resend.error} />
    </Stack>
  );
}
