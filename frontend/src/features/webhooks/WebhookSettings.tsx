import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Webhook } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { useChangeWebhook, useDeleteWebhook, useNewSecret } from './queries';
import { SecretNote } from './SecretNote';
import { WebhookForm } from './WebhookForm';

/** What can be changed about a webhook, and its end. */
export function WebhookSettings({ webhook, onDeleted }: { webhook: Webhook; onDeleted: () => void }) {
  const { t } = useI18n();
  const change = useChangeWebhook(webhook.id);
  return (
    <>
      <Section title={t('webhooks.change')}>
        <WebhookForm
          key={`${webhook.url} ${webhook.events}`}
          initial={webhook}
          submit={t('common.save')}
          quiet
          pending={change.isPending}
          error={change.error}
          onSubmit={change.mutate}
        />
        {change.isSuccess && (
          <Text fz="sm" role="status">
            {t('webhooks.saved')}
          </Text>
        )}
      </Section>
      <Section title={t('webhooks.secret')} hint={t('webhooks.newSecretHint')}>
        <NewSecret webhook={webhook} />
      </Section>
      <Section title={t('webhooks.end')} hint={t('webhooks.endHint')}>
        <End webhook={webhook} onDeleted={onDeleted} />
      </Section>
    </>
  );
}

function NewSecret({ webhook }: { webhook: Webhook }) {
  const { t, format } = useI18n();
  const make = useNewSecret(webhook.id);
  const until = webhook.old_secret_until;
  return (
    <Stack gap="sm">
      {make.data && <SecretNote title={t('webhooks.newSecret')} secret={make.data.secret} />}
      {until && Date.parse(until) > Date.now() && (
        <Text fz="sm">{t('webhooks.oldSecretUntil', { time: format.time(until) })}</Text>
      )}
      <ErrorNote error={make.error} />
      <Group>
        <Button variant="default" loading={make.isPending} onClick={() => make.mutate()}>
          {t('webhooks.makeSecret')}
        </Button>
      </Group>
    </Stack>
  );
}

function End({ webhook, onDeleted }: { webhook: Webhook; onDeleted: () => void }) {
  const { t } = useI18n();
  const [asked, setAsked] = useState(false);
  const change = useChangeWebhook(webhook.id);
  const remove = useDeleteWebhook(webhook.id);
  return (
    <Stack gap="sm">
      <ErrorNote error={change.error ?? remove.error} />
      <Group gap="xs">
        {webhook.enabled && (
          <Button
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate({ enabled: false })}
          >
            {t('webhooks.switchOff')}
          </Button>
        )}
        {asked ? (
          <>
            <Button
              color="red"
              variant="outline"
              loading={remove.isPending}
              onClick={() => remove.mutate(undefined, { onSuccess: onDeleted })}
            >
              {t('webhooks.deleteSure')}
            </Button>
            <Button variant="default" onClick={() => setAsked(false)} autoFocus>
              {t('webhooks.keep')}
            </Button>
          </>
        ) : (
          <Button variant="default" onClick={() => setAsked(true)}>
            {t('webhooks.delete')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
