import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import type { Deployment } from '~/api/types';
import type { Input } from './examples';

const POLL_MS = 1_000;
/** Traffic, in lists and on a page, is of the last minutes. */
const TRAFFIC_POLL_MS = 15_000;

export const deploymentsKey = ['deployments'] as const;

export const deploymentsQuery = (limit = 100) =>
  queryOptions({
    queryKey: [...deploymentsKey, 'list', limit],
    queryFn: () => unwrap(api.GET('/api/v1/deployments', { params: { query: { limit } } })),
    refetchInterval: ({ state }) =>
      state.data?.data.some(({ status }) => status === 'starting') ? POLL_MS : TRAFFIC_POLL_MS,
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

export const historyQuery = (name: string) =>
  queryOptions({
    queryKey: [...deploymentsKey, name, 'history'],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/deployments/{name}/history', { params: { path: { name }, query: { limit: 200 } } }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.data.some(({ state }) => state === 'checking') ? POLL_MS : false,
  });

/** The versions of a model, to choose those that are to answer. */
export const versionsQuery = (modelId: string) =>
  queryOptions({
    queryKey: ['models', modelId, 'versions', 'list'],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/models/{model_id}/versions', {
          params: { path: { model_id: modelId }, query: { limit: 200 } },
        }),
      ),
  });

export interface Share {
  model_version_id: string;
  weight: number;
}

export function useShareTraffic(name: string) {
  const invalidate = useInvalidate();
  return useMutation({
    mutationFn: (routes: Share[]) =>
      unwrap(api.PATCH('/api/v1/deployments/{name}', { params: { path: { name } }, body: { routes } })),
    onSuccess: invalidate,
  });
}

export function useRollBack(name: string) {
  const invalidate = useInvalidate();
  return useMutation({
    mutationFn: (revision: number) =>
      unwrap(
        api.POST('/api/v1/deployments/{name}/rollback', { params: { path: { name } }, body: { revision } }),
      ),
    onSuccess: invalidate,
  });
}

export function useDeleteDeployment(name: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE('/api/v1/deployments/{name}', { params: { path: { name } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...deploymentsKey, 'list'] }),
  });
}

export function usePredict(name: string) {
  return useMutation({
    mutationFn: (input: Input) =>
      unwrap(
        api.POST('/api/v1/deployments/{name}/predict', {
          params: { path: { name } },
          body: { inputs: [input] },
        }),
      ),
  });
}

/** The deployment as it is now, and everything that was asked about it. */
function useInvalidate() {
  const queryClient = useQueryClient();
  return (changed: Deployment) => {
    queryClient.setQueryData(deploymentQuery(changed.name).queryKey, changed);
    return queryClient.invalidateQueries({ queryKey: deploymentsKey });
  };
}
