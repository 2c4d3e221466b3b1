import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ApiKey, Scope } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { EmptyNote } from '~/components/EmptyNote';
import { ErrorNote } from '~/components/ErrorNote';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { ApiKeyForm } from './ApiKeyForm';
import { apiKeysQuery, useRevokeApiKey } from './queries';

/** The keys that programs call with: make one, see when it was used, revoke it. */
export function ApiKeys({ scopes }: { scopes: Scope[] }) {
  const { t } = useI18n();
  const keys = useQuery(apiKeysQuery);
  return (
    <Section title={t('keys.title')} hint={t('keys.hint')} id="keys">
      <ApiKeyForm scopes={scopes} />
      <QueryView query={keys}>
        {({ data }) =>
          data.length === 0 ? <EmptyNote text={t('keys.none')} /> : <ApiKeyTable keys={data} />
        }
      </QueryView>
    </Section>
  );
}

function ApiKeyTable({ keys }: { keys: ApiKey[] }) {
  const { t, format } = useI18n();
  const revoke = useRevokeApiKey();
  return (
    <>
      <ErrorNote error={revoke.error} />
      <DataTable
        label={t('keys.title')}
        rows={keys}
        rowKey={(key) => key.id}
        columns={[
          { key: 'name', header: t('keys.name'), cell: (key) => key.name },
          {
            key: 'scopes',
            header: t('keys.scopes'),
            cell: (key) => key.scopes.map((scope) => t(`scope.${scope}`)).join(', '),
          },
          { key: 'made', header: t('common.created'), cell: (key) => <Ago time={key.created_at} /> },
          {
            key: 'used',
            header: t('keys.lastUsed'),
            cell: (key) => (key.last_used_at ? <Ago time={key.last_used_at} /> : t('keys.never')),
          },
          {
            key: 'ends',
            header: t('keys.expires'),
            cell: (key) => (key.expires_at ? format.day(key.expires_at) : t('keys.never')),
          },
          {
            key: 'revoke',
            header: t('keys.state'),
            numeric: true,
            cell: (key) => (
              <Group justify="flex-end">
                {key.revoked_at || isPast(key.expires_at) ? (
                  t(key.revoked_at ? 'keys.revoked' : 'keys.expired')
                ) : (
                  <Button
                    size="compact-xs"
                    variant="default"
                    onClick={() => revoke.mutate(key.id)}
                    loading={revoke.isPending && revoke.variables === key.id}
                  >
                    {t('keys.revoke')}
                  </Button>
                )}
              </Group>
            ),
          },
        ]}
      />
    </>
  );
}

function isPast(time: string | null): boolean {
  return time !== null && Date.parse(time) <= Date.now();
}
