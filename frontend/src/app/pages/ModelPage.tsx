import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { PageView } from '~/components/PageView';
import { modelQuery } from '~/features/models/queries';
import { useI18n } from '~/i18n/I18nProvider';

/** A model's address leads to its newest version. */
export function ModelPage() {
  const { modelId } = useParams({ from: '/shell/models/$modelId' });
  const { t } = useI18n();
  const crumbs = [{ label: t('nav.models'), to: '/models' }];
  return (
    <PageView query={useQuery(modelQuery(modelId))} crumbs={crumbs}>
      {({ latest_version: { number } }) => (
        <Navigate
          to="/models/$modelId/versions/$number"
          params={{ modelId, number: String(number) }}
          replace
        />
      )}
    </PageView>
  );
}
