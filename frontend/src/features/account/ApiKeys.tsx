import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ApiKey } from '~/api/types';
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
export function ApiKeys() {
  const { t } = useI18n();
  const keys = useQuery(apiKeysQuery);
  return (
    <Section title={t('keys.title')} hint={t('keys.hint')}>
      <ApiKeyForm />
      <QueryView query={keys}>
        {({ data }) =>
          data.length === 0 ? <EmptyNote text={t('keys.none')} /> : <ApiKeyTable keys={data} />
        }
      </QueryView>
    </Section>
  );
}

function ApiKeyTable({ keys }: { keys: ApiKey[] }) {
  const { t } = useI18n();
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
            key: 'revoke',
            header: '',
            numeric: true,
            cell: (key) => (
              <Group justify="flex-end">
                {key.revoked_at ? (
                  t('keys.revoked')
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
