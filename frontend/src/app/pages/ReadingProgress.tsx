import { Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Job } from '~/api/types';
import { JobProgress } from '~/features/jobs/JobProgress';
import { isOver, jobsQuery } from '~/features/jobs/queries';
import { useI18n } from '~/i18n/I18nProvider';

/** The job that reads a file of this dataset right now. */
export function useReadingJob(datasetId: string): Job | undefined {
  const jobs = useQuery(jobsQuery());
  return jobs.data?.data.find(
    ({ kind, dataset_id, status }) => kind === 'ingest' && dataset_id === datasetId && !isOver(status),
  );
}

/** How far the job is that reads the file. */
export function ReadingProgress({ job }: { job: Job | undefined }) {
  const { t } = useI18n();
  return (
    <Paper mb="lg" role="status">
      <Stack gap="xs">
        <Text fz="sm">{t('datasets.processing')}</Text>
        {job && <JobProgress job={job} />}
      </Stack>
    </Paper>
  );
}
