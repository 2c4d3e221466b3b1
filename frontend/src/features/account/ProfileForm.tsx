import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { ErrorNote } from '~/components/ErrorNote';
import { fieldWords } from '~/components/errorWords';
import { PasswordField } from '~/components/PasswordField';
import { useI18n } from '~/i18n/I18nProvider';
import { useChangeEmail } from './queries';

/** The address one signs in with. */
export function ProfileForm({ email }: { email: string }) {
  const reader = useI18n();
  const { t } = reader;
  const change = useChangeEmail();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = new FormData(form);
    change.mutate(
      { email: String(values.get('email')), current_password: String(values.get('current_password')) },
      { onSuccess: () => form.reset() },
    );
  };
  const wrong = (field: string) => fieldWords(change.error, field, reader);
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group gap="sm" align="flex-start">
          <TextInput
            key={email}
            name="email"
            type="email"
            label={t('account.email')}
            autoComplete="username"
            defaultValue={email}
            required
            w={280}
            error={wrong('email')}
          />
          <PasswordField
            name="current_password"
            label={t('account.currentPassword')}
            autoComplete="current-password"
            required
            w={240}
            error={wrong('current_password')}
          />
          <Button type="submit" variant="default" loading={change.isPending} mt={{ base: 0, sm: 25 }}>
            {t('account.changeEmail')}
          </Button>
        </Group>
        {!wrong('email') && !wrong('current_password') && <ErrorNote error={change.error} />}
      </Stack>
      <Outcome done={change.isSuccess} text={t('account.emailChanged')} />
    </form>
  );
}

/** Says that a change was made, also to those who do not see the page. */
export function Outcome({ done, text }: { done: boolean; text: string }) {
  return (
    <div role="status">
      {done && (
        <Text fz="sm" mt="xs">
          {text}
        </Text>
      )}
    </div>
  );
}
