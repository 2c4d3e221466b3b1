import { useQuery } from '@tanstack/react-query';
import { EmptyNote } from '~/components/EmptyNote';
import { LinkButton } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { DeploymentTable } from '~/features/deployments/DeploymentTable';
import { deploymentsQuery } from '~/features/deployments/queries';
import { useI18n } from '~/i18n/I18nProvider';

export function DeploymentsPage() {
  const { t } = useI18n();
  return (
    <>
      <PageHeader title={t('nav.deployments')} />
      <QueryView query={useQuery(deploymentsQuery())}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyNote text={t('deployments.none')}>
              <LinkButton to="/models" variant="default">
                {t('deployments.toModels')}
              </LinkButton>
            </EmptyNote>
          ) : (
            <DeploymentTable deployments={data} />
          )
        }
      </QueryView>
    </>
  );
}
