import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldError } from '~/api/errors';
import type { Webhook, WebhookEvent } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { EVENTS } from './events';

type Values = Pick<Webhook, 'url' | 'events'>;

interface Props {
  initial: Values;
  submit: string;
  /** Where it is not what the page is for. */
  quiet?: boolean;
  pending: boolean;
  error: unknown;
  onSubmit: (values: Values) => void;
}

/** Where to send what. */
export function WebhookForm({ initial, submit, quiet = false, pending, error, onSubmit }: Props) {
  const { t } = useI18n();
  const [url, setUrl] = useState(initial.url);
  const [events, setEvents] = useState<string[]>(initial.events);
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSubmit({ url, events: events as WebhookEvent[] });
  };
  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput
          type="url"
          label={t('webhooks.url')}
          description={t('webhooks.urlHint')}
          placeholder={t('webhooks.urlExample')}
          required
          maxLength={2000}
          maw={640}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={fieldError(error, 'url') !== undefined}
        />
        <Checkbox.Group
          label={t('webhooks.events')}
          value={events}
          onChange={setEvents}
          error={events.length === 0 && t('webhooks.noEvents')}
        >
          <Stack gap="xs" my={8}>
            {EVENTS.map((name) => (
              <Checkbox
                key={name}
                value={name}
                label={t(`webhookEvent.${name}`)}
                description={t(`webhookEventHint.${name}`)}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <ErrorNote error={error} />
        <Group>
          <Button
            type="submit"
            variant={quiet ? 'default' : 'filled'}
            loading={pending}
            disabled={events.length === 0}
          >
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
