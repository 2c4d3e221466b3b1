import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import type { paths } from '~/api/schema.gen';
import type { Delivery } from '~/api/types';
import type { LogFilter } from './search';

const webhooksKey = ['webhooks'] as const;
const ROWS = 20;
const SOON_MS = 1_000;
const LATER_MS = 10_000;
// How a webhook does, while somebody looks at it.
const WATCHED_MS = 3_000;
// An attempt under way counts as due again in two minutes.
const ABOUT_NOW_MS = 150_000;

type Create = paths['/api/v1/webhooks']['post']['requestBody']['content']['application/json'];
type Change = paths['/api/v1/webhooks/{webhook_id}']['patch']['requestBody']['content']['application/json'];

/** How soon to look again: what is about to be sent is waited for. */
function pace(deliveries: Delivery[]): number {
  const soon = (time: string | null) => time !== null && Date.parse(time) < Date.now() + ABOUT_NOW_MS;
  return deliveries.some(({ next_attempt_at: next }) => soon(next)) ? SOON_MS : LATER_MS;
}

export const webhooksQuery = queryOptions({
  queryKey: webhooksKey,
  queryFn: () => unwrap(api.GET('/api/v1/webhooks', { params: { query: { limit: 200 } } })),
  refetchInterval: LATER_MS,
});

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: [...webhooksKey, id],
    queryFn: () => unwrap(api.GET('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: id } } })),
    refetchInterval: WATCHED_MS,
  });

export const deliveriesQuery = (id: string, filter: LogFilter) =>
  infiniteQueryOptions({
    queryKey: [...webhooksKey, id, 'deliveries', filter],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET('/api/v1/webhooks/{webhook_id}/deliveries', {
          params: {
            path: { webhook_id: id },
            query: { limit: ROWS, cursor: pageParam, status: filter === 'all' ? undefined : filter },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: ({ state }) => pace(state.data?.pages.flatMap(({ data }) => data) ?? []),
  });

export const deliveryQuery = (id: string, deliveryId: string) =>
  queryOptions({
    queryKey: [...webhooksKey, id, 'delivery', deliveryId],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}', {
          params: { path: { webhook_id: id, delivery_id: deliveryId } },
        }),
      ),
    refetchInterval: ({ state }) => (state.data ? pace([state.data]) : false),
  });

export function useCreateWebhook() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Create) => unwrap(api.POST('/api/v1/webhooks', { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhooksKey }),
  });
}

export function useChangeWebhook(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Change) =>
      unwrap(api.PATCH('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: id } }, body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhooksKey }),
  });
}

export function useNewSecret(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(api.POST('/api/v1/webhooks/{webhook_id}/secret', { params: { path: { webhook_id: id } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhookQuery(id).queryKey, exact: true }),
  });
}

export function useDeleteWebhook(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(api.DELETE('/api/v1/webhooks/{webhook_id}', { params: { path: { webhook_id: id } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: webhooksKey, exact: true }),
  });
}

export function useSendTest(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(api.POST('/api/v1/webhooks/{webhook_id}/test', { params: { path: { webhook_id: id } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...webhooksKey, id] }),
  });
}

export function useResend(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (deliveryId: string) =>
      unwrap(
        api.POST('/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend', {
          params: { path: { webhook_id: id, delivery_id: deliveryId } },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...webhooksKey, id] }),
  });
}
