import { Button, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { ErrorNote } from '~/components/ErrorNote';
import { PasswordField } from '~/components/PasswordField';
import { useI18n } from '~/i18n/I18nProvider';
import { useSignIn } from './queries';

export function SignInForm({ onDone }: { onDone: () => void }) {
  const { t } = useI18n();
  const signIn = useSignIn();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const values = { email: String(form.get('email') ?? ''), password: String(form.get('password') ?? '') };
    signIn.mutate(values, { onSuccess: onDone });
  };
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
        />
        <PasswordField
          name="password"
          label={t('account.password')}
          autoComplete="current-password"
          required
        />
        <ErrorNote error={signIn.error} />
        <Button type="submit" loading={signIn.isPending}>
          {t('signIn.submit')}
        </Button>
      </Stack>
    </form>
  );
}
