import { Paper, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Job } from '~/api/types';
import { datasetsKey } from '~/features/datasets/queries';
import { JobProgress } from '~/features/jobs/JobProgress';
import { isOver, jobsQuery } from '~/features/jobs/queries';
import { useI18n } from '~/i18n/I18nProvider';

/** Longer than a look at the server takes, with clocks that differ a little. */
const LATELY_MS = 60_000;

/** The job that reads a file of this dataset right now; the dataset is asked for anew when one has ended. */
export function useReadingJob(datasetId: string): Job | undefined {
  const queryClient = useQueryClient();
  const jobs = useQuery(jobsQuery());
  const job = jobs.data?.data.find(({ kind, dataset_id }) => kind === 'ingest' && dataset_id === datasetId);
  const over = job !== undefined && isOver(job.status);
  const endedAt = job?.finished_at;
  useEffect(() => {
    // The last look at the dataset may have been just before the job ended.
    const lately = endedAt && Math.abs(Date.now() - Date.parse(endedAt)) < LATELY_MS;
    if (over && lately) void queryClient.invalidateQueries({ queryKey: datasetsKey });
  }, [over, endedAt, queryClient]);
  return over ? undefined : job;
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
