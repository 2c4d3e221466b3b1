import { PageHeader } from '~/components/PageHeader';
import { NewWebhook } from '~/features/webhooks/NewWebhook';
import { useI18n } from '~/i18n/I18nProvider';

export function NewWebhookPage() {
  const { t } = useI18n();
  return (
    <>
      <PageHeader
        title={t('webhooks.new')}
        crumbs={[
          { label: t('nav.settings'), to: '/settings' },
          { label: t('webhooks.title'), to: '/settings/webhooks' },
        ]}
        facts={t('webhooks.newHint')}
      />
      <NewWebhook />
    </>
  );
}
