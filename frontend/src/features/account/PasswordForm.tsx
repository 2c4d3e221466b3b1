import { Button, Group, Stack } from '@mantine/core';
import type { FormEvent } from 'react';
import { ErrorNote } from '~/components/ErrorNote';
import { fieldWords } from '~/components/errorWords';
import { PasswordField } from '~/components/PasswordField';
import { useI18n } from '~/i18n/I18nProvider';
import { Outcome } from './ProfileForm';
import { useChangePassword } from './queries';
import { SHORTEST_PASSWORD } from './SetupForm';

/** A new password, which signs every other browser out. */
export function PasswordForm() {
  const reader = useI18n();
  const { t } = reader;
  const change = useChangePassword();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    change.mutate(
      {
        current_password: String(values.get('current_password')),
        new_password: String(values.get('new_password')),
      },
      { onSuccess: () => form.reset() },
    );
  };
  const wrong = (field: string) => fieldWords(change.error, field, reader);
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group gap="sm" align="flex-start">
          <PasswordField
            name="current_password"
            label={t('account.currentPassword')}
            autoComplete="current-password"
            required
            w={280}
            error={wrong('current_password')}
          />
          <PasswordField
            name="new_password"
            label={t('account.newPassword')}
            description={t('account.passwordHint', { count: SHORTEST_PASSWORD })}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="new-password"
            minLength={SHORTEST_PASSWORD}
            required
            w={240}
            error={wrong('new_password')}
          />
          <Button type="submit" variant="default" loading={change.isPending} mt={{ base: 0, sm: 25 }}>
            {t('account.changePassword')}
          </Button>
        </Group>
        {!wrong('current_password') && !wrong('new_password') && <ErrorNote error={change.error} />}
      </Stack>
      <Outcome done={change.isSuccess} text={t('account.passwordChanged')} />
    </form>
  );
}
