import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ErrorNote } from '~/components/ErrorNote';
import { LanguageSwitch } from '~/components/LanguageSwitch';
import { PageHeader } from '~/components/PageHeader';
import { Section } from '~/components/Section';
import { ThemeSwitch } from '~/components/ThemeSwitch';
import { ApiKeys } from '~/features/account/ApiKeys';
import { sessionQuery, useSignOut } from '~/features/account/queries';
import { useI18n } from '~/i18n/I18nProvider';

export function SettingsPage() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery);
  const signOut = useSignOut();
  return (
    <>
      <PageHeader title={t('nav.settings')} />
      <Section title={t('settings.appearance')}>
        <Group gap="md">
          <LanguageSwitch />
          <ThemeSwitch />
        </Group>
      </Section>
      {session.data?.scopes.includes('admin') && <ApiKeys />}
      <Section title={t('settings.account')}>
        <ErrorNote error={signOut.error} />
        <Group gap="md">
          <Text fz="sm">{session.data?.user?.email}</Text>
          <Button
            variant="default"
            loading={signOut.isPending}
            onClick={() => signOut.mutate(undefined, { onSuccess: () => navigate({ to: '/sign-in' }) })}
          >
            {t('settings.signOut')}
          </Button>
        </Group>
      </Section>
    </>
  );
}
