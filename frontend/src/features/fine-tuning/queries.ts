import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import type { FineTuneRequest } from '~/api/types';

export const estimateQuery = (request: FineTuneRequest) =>
  queryOptions({
    queryKey: ['estimate', request],
    queryFn: () => unwrap(api.POST('/api/v1/jobs/estimate', { body: request })),
    placeholderData: keepPreviousData,
  });

export function useFineTune() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (request: FineTuneRequest) => unwrap(api.POST('/api/v1/jobs', { body: request })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['jobs'] }),
  });
}
