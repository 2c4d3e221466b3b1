import { Group, Stack } from '@mantine/core';
import { LinkButton } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';
import { USUAL } from './events';
import { useCreateWebhook } from './queries';
import { SecretNote } from './SecretNote';
import { WebhookForm } from './WebhookForm';

/** Adds a webhook, and shows its secret this once. */
export function NewWebhook() {
  const { t } = useI18n();
  const create = useCreateWebhook();
  if (create.data) {
    return (
      <Stack gap="md">
        <SecretNote title={t('webhooks.added')} secret={create.data.secret} />
        <Group>
          <LinkButton to="/settings/webhooks/$webhookId" params={{ webhookId: create.data.id }}>
            {t('webhooks.goOn')}
          </LinkButton>
        </Group>
      </Stack>
    );
  }
  return (
    <WebhookForm
      initial={{ url: '', events: USUAL }}
      submit={t('webhooks.add')}
      pending={create.isPending}
      error={create.error}
      onSubmit={create.mutate}
    />
  );
}
