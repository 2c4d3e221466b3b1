import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';

const POLL_MS = 1_000;

const deploymentsKey = ['deployments'] as const;

export const deploymentsQuery = (limit = 100) =>
  queryOptions({
    queryKey: [...deploymentsKey, 'list', limit],
    queryFn: () => unwrap(api.GET('/api/v1/deployments', { params: { query: { limit } } })),
    refetchInterval: ({ state }) =>
      state.data?.data.some(({ status }) => status === 'starting') ? POLL_MS : false,
  });

export const deploymentQuery = (name: string) =>
  queryOptions({
    queryKey: [...deploymentsKey, name],
    queryFn: () => unwrap(api.GET('/api/v1/deployments/{name}', { params: { path: { name } } })),
    refetchInterval: ({ state: { data } }) =>
      data?.status === 'starting' || (data && !data.error && data.revision !== data.newest_revision)
        ? POLL_MS
        : false,
  });

interface Target {
  name: string;
  modelVersionId: string;
}

export function useDeploy() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ name, modelVersionId }: Target) =>
      unwrap(api.POST('/api/v1/deployments', { body: { name, model_version_id: modelVersionId } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: deploymentsKey }),
  });
}

/** Lets another version answer under a name that is in use. */
export function useReplace() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ name, modelVersionId }: Target) =>
      unwrap(
        api.PATCH('/api/v1/deployments/{name}', {
          params: { path: { name } },
          body: { routes: [{ model_version_id: modelVersionId, weight: 1 }] },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: deploymentsKey }),
  });
}

export function usePredict(name: string) {
  return useMutation({
    mutationFn: (text: string) =>
      unwrap(
        api.POST('/api/v1/deployments/{name}/predict', {
          params: { path: { name } },
          body: { inputs: [text] },
        }),
      ),
  });
}
