import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { EmptyNote } from '~/components/EmptyNote';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { DatasetTable } from '~/features/datasets/DatasetTable';
import { datasetsQuery } from '~/features/datasets/queries';
import { UploadZone } from '~/features/datasets/UploadZone';
import { JobCard } from '~/features/jobs/JobCard';
import { isOver, jobsQuery } from '~/features/jobs/queries';
import { useI18n } from '~/i18n/I18nProvider';

const RECENT = 8;

export function HomePage() {
  const { t } = useI18n();
  const navigate = useNavigate();
  const jobs = useQuery(jobsQuery());
  const active = jobs.data?.data.filter((job) => !isOver(job.status)) ?? [];
  return (
    <>
      <PageHeader title={t('nav.home')} />
      <Section title={t('home.start')}>
        <UploadZone
          onUploaded={({ id }) => navigate({ to: '/datasets/$datasetId', params: { datasetId: id } })}
        />
      </Section>
      {active.length > 0 && (
        <Section title={t('home.running')}>
          <Stack gap="xs">
            {active.map((job) => (
              <JobCard key={job.id} job={job} />
            ))}
          </Stack>
        </Section>
      )}
      <Section title={t('home.recent')}>
        <QueryView query={useQuery(datasetsQuery(RECENT))}>
          {({ data }) =>
            data.length === 0 ? <EmptyNote text={t('datasets.none')} /> : <DatasetTable datasets={data} />
          }
        </QueryView>
      </Section>
    </>
  );
}
