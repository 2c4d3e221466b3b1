import { useQuery } from '@tanstack/react-query';
import { EmptyNote } from '~/components/EmptyNote';
import { LinkButton } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { ModelTable } from '~/features/models/ModelTable';
import { modelsQuery } from '~/features/models/queries';
import { useI18n } from '~/i18n/I18nProvider';

export function ModelsPage() {
  const { t } = useI18n();
  return (
    <>
      <PageHeader title={t('nav.models')} />
      <QueryView query={useQuery(modelsQuery())}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyNote text={t('models.none')}>
              <LinkButton to="/datasets" variant="default">
                {t('jobs.toDatasets')}
              </LinkButton>
            </EmptyNote>
          ) : (
            <ModelTable models={data} />
          )
        }
      </QueryView>
    </>
  );
}
