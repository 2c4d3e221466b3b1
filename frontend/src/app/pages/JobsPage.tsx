import { useQuery } from '@tanstack/react-query';
import { EmptyNote } from '~/components/EmptyNote';
import { LinkButton } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { JobTable } from '~/features/jobs/JobTable';
import { jobsQuery } from '~/features/jobs/queries';
import { useI18n } from '~/i18n/I18nProvider';

export function JobsPage() {
  const { t } = useI18n();
  return (
    <>
      <PageHeader title={t('nav.jobs')} />
      <QueryView query={useQuery(jobsQuery())}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyNote text={t('jobs.none')}>
              <LinkButton to="/datasets" variant="default">
                {t('jobs.toDatasets')}
              </LinkButton>
            </EmptyNote>
          ) : (
            <JobTable jobs={data} />
          )
        }
      </QueryView>
    </>
  );
}
