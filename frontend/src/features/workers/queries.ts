import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';

const POLL_MS = 5_000;

export const workersQuery = queryOptions({
  queryKey: ['workers'],
  queryFn: () => unwrap(api.GET('/api/v1/workers')),
  refetchInterval: POLL_MS,
});
