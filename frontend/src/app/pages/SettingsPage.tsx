import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LanguageSwitch } from '~/components/LanguageSwitch';
import { LinkButton } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { ThemeSwitch } from '~/components/ThemeSwitch';
import { ApiKeys } from '~/features/account/ApiKeys';
import { Browsers } from '~/features/account/Browsers';
import { PasswordForm } from '~/features/account/PasswordForm';
import { ProfileForm } from '~/features/account/ProfileForm';
import { sessionQuery } from '~/features/account/queries';
import { useI18n } from '~/i18n/I18nProvider';

export function SettingsPage() {
  const { t } = useI18n();
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={t('nav.settings')} />
      <Section title={t('settings.appearance')}>
        <Group gap="md">
          <LanguageSwitch />
          <ThemeSwitch />
        </Group>
      </Section>
      <QueryView query={useQuery(sessionQuery)}>
        {({ scopes, user }) => (
          <>
            {scopes.includes('admin') && <ApiKeys scopes={scopes} />}
            {scopes.includes('admin') && (
              <Section title={t('workers.title')} hint={t('workers.hint')}>
                <Group>
                  <LinkButton to="/settings/workers" variant="default">
                    {t('workers.open')}
                  </LinkButton>
                </Group>
              </Section>
            )}
            {scopes.includes('admin') && (
              <Section title={t('webhooks.title')} hint={t('webhooks.hint')}>
                <Group>
                  <LinkButton to="/settings/webhooks" variant="default">
                    {t('webhooks.open')}
                  </LinkButton>
                </Group>
              </Section>
            )}
            <Section title={t('settings.profile')}>
              <ProfileForm email={user?.email ?? ''} />
            </Section>
            <Section title={t('account.password')} hint={t('settings.passwordHint')}>
              <PasswordForm />
            </Section>
          </>
        )}
      </QueryView>
      <Section title={t('settings.browsers')} hint={t('settings.browsersHint')}>
        <Browsers leave={() => navigate({ to: '/sign-in' })} />
      </Section>
    </>
  );
}
