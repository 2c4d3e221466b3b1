import { Alert, Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import type { Scope } from '~/api/types';
import { CodeSnippet } from '~/components/CodeSnippet';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useCreateApiKey } from './queries';

const DAY_MS = 86_400_000;
const LIVES = [30, 90, 365];
const USUAL: Scope[] = ['read', 'predict'];

/** Makes a key that may do what is ticked, and shows it this once. */
export function ApiKeyForm({ scopes }: { scopes: Scope[] }) {
  const { t } = useI18n();
  const create = useCreateApiKey();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    const days = Number(values.get('days'));
    create.mutate(
      {
        name: String(values.get('name')),
        scopes: values.getAll('scopes') as Scope[],
        expires_at: days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : null,
      },
      { onSuccess: () => form.reset() },
    );
  };
  return (
    <Stack gap="sm">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Group gap="sm" align="flex-end">
            <TextInput
              name="name"
              label={t('keys.name')}
              placeholder={t('keys.namePlaceholder')}
              required
              maxLength={80}
              style={{ flex: '1 1 200px', maxWidth: 320 }}
            />
            <NativeSelect
              name="days"
              label={t('keys.life')}
              data={[
                { value: '0', label: t('keys.noEnd') },
                ...LIVES.map((days) => ({ value: String(days), label: t('keys.days', { count: days }) })),
              ]}
            />
          </Group>
          <Checkbox.Group label={t('keys.scopes')} defaultValue={USUAL}>
            <Group gap="md" mt={4}>
              {scopes.map((scope) => (
                <Checkbox key={scope} name="scopes" value={scope} label={t(`scope.${scope}`)} />
              ))}
            </Group>
          </Checkbox.Group>
          <Group>
            <Button type="submit" loading={create.isPending}>
              {t('keys.create')}
            </Button>
          </Group>
        </Stack>
      </form>
      <ErrorNote error={create.error} />
      {create.data && (
        <Alert color="teal" title={t('keys.createdTitle', { name: create.data.name })} role="status">
          <Text fz="sm" mb="xs">
            {t('keys.createdHint')}
          </Text>
          <CodeSnippet code={create.data.key} />
        </Alert>
      )}
    </Stack>
  );
}
