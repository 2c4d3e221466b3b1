import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';

const BUSY_POLL_MS = 2_000;
const QUIET_POLL_MS = 10_000;
const DOWN_POLL_MS = 3_000;

// Under the jobs, so that whatever starts or ends one refreshes this too.
const activityKey = ['jobs', 'activity'] as const;

/** What runs and what ended lately: the one thing that every page asks for again and again. */
export const activityQuery = queryOptions({
  queryKey: activityKey,
  queryFn: () => unwrap(api.GET('/api/v1/activity')),
  retry: false,
  refetchInterval: ({ state }) => {
    if (state.status === 'error') return DOWN_POLL_MS;
    return state.data && state.data.active_count > 0 ? BUSY_POLL_MS : QUIET_POLL_MS;
  },
});

export function useMarkSeen() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.POST('/api/v1/activity/seen')),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: activityKey }),
  });
}
