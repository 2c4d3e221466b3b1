import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { Webhook } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useChangeWebhook } from './queries';

/** Why nothing is sent, with the way back; or that nothing arrives. */
export function HealthNote({ webhook }: { webhook: Webhook }) {
  const { t, format } = useI18n();
  const change = useChangeWebhook(webhook.id);
  const look = { icon: <IconAlertCircle size={18} />, role: 'status', mb: 'lg' };
  if (!webhook.enabled && webhook.off_reason) {
    const byHand = webhook.off_reason === 'switched_off';
    return (
      <Alert {...look} color={byHand ? 'gray' : 'red'} title={t('webhooks.offTitle')}>
        <Stack gap="xs" align="flex-start">
          <Text fz="sm">{t(`webhookOff.${webhook.off_reason}`)}</Text>
          <ErrorNote error={change.error} />
          <Button
            size="xs"
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate({ enabled: true })}
          >
            {t('webhooks.switchOn')}
          </Button>
        </Stack>
      </Alert>
    );
  }
  if (!webhook.failing_since) return null;
  return (
    <Alert {...look} color="red" title={t('webhooks.failingTitle')}>
      <Text fz="sm">{t('webhooks.failingText', { time: format.time(webhook.failing_since) })}</Text>
    </Alert>
  );
}
