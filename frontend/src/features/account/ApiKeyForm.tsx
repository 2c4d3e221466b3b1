import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { CodeSnippet } from '~/components/CodeSnippet';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useCreateApiKey } from './queries';

/** Makes a key that may read and predict, and shows it this once. */
export function ApiKeyForm() {
  const { t } = useI18n();
  const create = useCreateApiKey();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get('name') ?? '');
    create.mutate({ name, scopes: ['read', 'predict'] }, { onSuccess: () => form.reset() });
  };
  return (
    <Stack gap="sm">
      <form onSubmit={submit}>
        <Group gap="xs" align="flex-end">
          <TextInput
            name="name"
            label={t('keys.name')}
            placeholder={t('keys.namePlaceholder')}
            required
            maxLength={80}
            style={{ flex: '1 1 200px', maxWidth: 320 }}
          />
          <Button type="submit" loading={create.isPending}>
            {t('keys.create')}
          </Button>
        </Group>
      </form>
      <ErrorNote error={create.error} />
      {create.data && (
        <Alert color="teal" title={t('keys.createdTitle', { name: create.data.name })}>
          <Text fz="sm" mb="xs">
            {t('keys.createdHint')}
          </Text>
          <CodeSnippet code={create.data.key} />
        </Alert>
      )}
    </Stack>
  );
}
