import { Badge, Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { ErrorNote } from '~/components/ErrorNote';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { browserName } from './browserName';
import { browsersQuery, useSignOut, useSignOutEverywhere } from './queries';

/** Where this account is signed in, and how to end that, here or everywhere. */
export function Browsers({ leave }: { leave: () => Promise<unknown> }) {
  const { t } = useI18n();
  const signOut = useSignOut(leave);
  const everywhere = useSignOutEverywhere(leave);
  return (
    <>
      <QueryView query={useQuery(browsersQuery)}>
        {({ data }) => (
          <DataTable
            label={t('settings.browsers')}
            rows={data}
            rowKey={(browser) => `${browser.created_at} ${browser.user_agent}`}
            columns={[
              {
                key: 'browser',
                header: t('settings.browser'),
                cell: (browser) => (
                  <Group gap="xs">
                    {browserName(browser.user_agent) ?? t('settings.unknownBrowser')}
                    {browser.is_current && <Badge color="teal">{t('settings.thisBrowser')}</Badge>}
                  </Group>
                ),
              },
              {
                key: 'since',
                header: t('settings.signedIn'),
                cell: (browser) => <Ago time={browser.created_at} />,
              },
              {
                key: 'seen',
                header: t('keys.lastUsed'),
                cell: (browser) => <Ago time={browser.last_seen_at} />,
              },
            ]}
          />
        )}
      </QueryView>
      <ErrorNote error={signOut.error ?? everywhere.error} />
      <Group gap="sm">
        <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          {t('settings.signOut')}
        </Button>
        <Button
          variant="default"
          color="red"
          loading={everywhere.isPending}
          onClick={() => everywhere.mutate()}
        >
          {t('settings.signOutEverywhere')}
        </Button>
      </Group>
    </>
  );
}
