import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import type { Job, JobAction, JobStatus } from '~/api/types';

const QUEUED_POLL_MS = 2_000;
const RUNNING_POLL_MS = 5_000;
const QUIET_POLL_MS = 15_000;

export const jobsKey = ['jobs'] as const;
export const jobKey = (id: string) => [...jobsKey, id] as const;

const OVER: ReadonlySet<JobStatus> = new Set(['succeeded', 'failed', 'cancelled']);

export function isOver(status: JobStatus): boolean {
  return OVER.has(status);
}

export const jobsQuery = (limit = 50) =>
  queryOptions({
    queryKey: [...jobsKey, 'list', limit],
    queryFn: () => unwrap(api.GET('/api/v1/jobs', { params: { query: { limit } } })),
    refetchInterval: ({ state }) =>
      state.data?.data.some((job) => !isOver(job.status)) ? RUNNING_POLL_MS : QUIET_POLL_MS,
  });

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: jobKey(id),
    queryFn: () => unwrap(api.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: id } } })),
    refetchInterval: ({ state }) => pollOf(state.data),
  });

/** Changes with every start and every end. */
export const attemptsQuery = ({ id, attempt, status }: Job) =>
  queryOptions({
    queryKey: [...jobKey(id), 'attempts', attempt, status],
    queryFn: () => unwrap(api.GET('/api/v1/jobs/{job_id}/attempts', { params: { path: { job_id: id } } })),
  });

/** The event stream tells what happens at once, but not how a queue moves. */
function pollOf(job: Job | undefined): number | false {
  if (job === undefined || isOver(job.status)) return false;
  return job.status === 'queued' ? QUEUED_POLL_MS : QUIET_POLL_MS;
}

export function useJobAction(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (action: JobAction) =>
      unwrap(api.POST(`/api/v1/jobs/{job_id}/${action}`, { params: { path: { job_id: id } } })),
    onSuccess: (job) => remember(queryClient, job),
  });
}

function remember(queryClient: QueryClient, job: Job) {
  queryClient.setQueryData(jobKey(job.id), job);
  return queryClient.invalidateQueries({ queryKey: jobsKey });
}
