import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import type { TrafficPeriod } from '~/api/types';
import { deploymentsKey } from './queries';

const POLL_MS = { hour: 3_000, day: 30_000, week: 60_000, month: 60_000 } as const;

export const trafficQuery = (name: string, period: TrafficPeriod) =>
  queryOptions({
    queryKey: [...deploymentsKey, name, 'traffic', period],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/deployments/{name}/traffic', { params: { path: { name }, query: { period } } }),
      ),
    refetchInterval: POLL_MS[period],
    placeholderData: (before) => before,
  });
