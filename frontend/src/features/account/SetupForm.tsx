import { Button, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { ErrorNote } from '~/components/ErrorNote';
import { fieldWords } from '~/components/errorWords';
import { PasswordField } from '~/components/PasswordField';
import { useI18n } from '~/i18n/I18nProvider';
import { useSetUp } from './queries';

export const SHORTEST_PASSWORD = 12;

/** Makes the first account and its workspace. */
export function SetupForm({ onDone }: { onDone: () => void }) {
  const reader = useI18n();
  const { t } = reader;
  const setUp = useSetUp();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '');
    setUp.mutate(
      { email: text('email'), password: text('password'), workspace: text('workspace') },
      { onSuccess: onDone },
    );
  };
  const wrong = (field: string) => fieldWords(setUp.error, field, reader);
  const placed = ['email', 'password', 'workspace'].some(wrong);
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          name="email"
          type="email"
          label={t('account.email')}
          autoComplete="username"
          required
          autoFocus
          error={wrong('email')}
        />
        <PasswordField
          name="password"
          label={t('account.password')}
          description={t('account.passwordHint', { count: SHORTEST_PASSWORD })}
          autoComplete="new-password"
          minLength={SHORTEST_PASSWORD}
          required
          error={wrong('password')}
        />
        <TextInput
          name="workspace"
          label={t('account.workspace')}
          description={t('account.workspaceHint')}
          required
          maxLength={80}
          error={wrong('workspace')}
        />
        {!placed && <ErrorNote error={setUp.error} />}
        <Button type="submit" loading={setUp.isPending}>
          {t('setup.submit')}
        </Button>
      </Stack>
    </form>
  );
}
