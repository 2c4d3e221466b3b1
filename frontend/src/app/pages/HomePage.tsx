import { SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Dataset } from '~/api/types';
import { EmptyNote } from '~/components/EmptyNote';
import { TextLink } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { activityQuery } from '~/features/activity/queries';
import { DatasetTable } from '~/features/datasets/DatasetTable';
import { datasetsQuery } from '~/features/datasets/queries';
import { SampleButton } from '~/features/datasets/SampleButton';
import { UploadZone } from '~/features/datasets/UploadZone';
import { deploymentsQuery } from '~/features/deployments/queries';
import { RecentDeployments } from '~/features/deployments/RecentDeployments';
import { JobCard } from '~/features/jobs/JobCard';
import { modelsQuery } from '~/features/models/queries';
import { RecentModels } from '~/features/models/RecentModels';
import { useI18n } from '~/i18n/I18nProvider';
import { FirstSteps } from '../FirstSteps';
import { RECENT } from '../firstData';

export function HomePage() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const datasets = useQuery(datasetsQuery(RECENT));
  const first = datasets.data?.data.length === 0;
  const open = ({ id }: Dataset) => navigate({ to: '/datasets/$datasetId', params: { datasetId: id } });
  return (
    <>
      <PageHeader title={t('nav.home')} />
      <Section title={t(first ? 'home.first' : 'home.start')}>
        <UploadZone onUploaded={open} />
        {first && <SampleButton onUploaded={open} />}
      </Section>
      {first ? <FirstSteps /> : <Work />}
    </>
  );
}

/** What is going on and what came out of it, everything one click away. */
function Work() {
  const { t } = useI18n();
  const active = useQuery(activityQuery).data?.active ?? [];
  return (
    <>
      {active.length > 0 && (
        <Section title={t('home.running')} aside={<More to="/jobs" label={t('home.allJobs')} />}>
          <Stack gap="xs">
            {active.map((job) => (
              <JobCard key={job.id} job={job} />
            ))}
          </Stack>
        </Section>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" verticalSpacing={0}>
        <Section title={t('nav.models')} aside={<More to="/models" label={t('home.allModels')} />}>
          <QueryView query={useQuery(modelsQuery(RECENT))}>
            {({ data }) =>
              data.length === 0 ? <EmptyNote text={t('models.none')} /> : <RecentModels models={data} />
            }
          </QueryView>
        </Section>
        <Section
          title={t('nav.deployments')}
          aside={<More to="/deployments" label={t('home.allDeployments')} />}
        >
          <QueryView query={useQuery(deploymentsQuery(RECENT))}>
            {({ data }) =>
              data.length === 0 ? (
                <EmptyNote text={t('deployments.none')} />
              ) : (
                <RecentDeployments deployments={data} />
              )
            }
          </QueryView>
        </Section>
      </SimpleGrid>
      <Section title={t('home.recent')} aside={<More to="/datasets" label={t('datasets.all')} />}>
        <QueryView query={useQuery(datasetsQuery(RECENT))}>
          {({ data }) => <DatasetTable datasets={data} />}
        </QueryView>
      </Section>
    </>
  );
}

function More({ to, label }: { to: '/datasets' | '/jobs' | '/models' | '/deployments'; label: string }) {
  return (
    <TextLink to={to} fz="sm">
      {label}
    </TextLink>
  );
}
