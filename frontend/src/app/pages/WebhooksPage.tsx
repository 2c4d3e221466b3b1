import { useQuery } from '@tanstack/react-query';
import { EmptyNote } from '~/components/EmptyNote';
import { LinkButton } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { webhooksQuery } from '~/features/webhooks/queries';
import { WebhookTable } from '~/features/webhooks/WebhookTable';
import { useI18n } from '~/i18n/I18nProvider';

export function WebhooksPage() {
  const { t } = useI18n();
  return (
    <>
      <PageHeader
        title={t('webhooks.title')}
        crumbs={[{ label: t('nav.settings'), to: '/settings' }]}
        facts={t('webhooks.hint')}
        action={<LinkButton to="/settings/webhooks/new">{t('webhooks.add')}</LinkButton>}
      />
      <QueryView query={useQuery(webhooksQuery)}>
        {({ data }) =>
          data.length === 0 ? <EmptyNote text={t('webhooks.none')} /> : <WebhookTable webhooks={data} />
        }
      </QueryView>
    </>
  );
}
