import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';

const modelsKey = ['models'] as const;

export const modelsQuery = (limit = 100) =>
  queryOptions({
    queryKey: [...modelsKey, 'list', limit],
    queryFn: () => unwrap(api.GET('/api/v1/models', { params: { query: { limit } } })),
  });

export const versionByIdQuery = (id: string) =>
  queryOptions({
    queryKey: [...modelsKey, 'version', id],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/model-versions/{model_version_id}', { params: { path: { model_version_id: id } } }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const versionQuery = (modelId: string, number: number) =>
  queryOptions({
    queryKey: [...modelsKey, modelId, 'versions', number],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/models/{model_id}/versions/{number}', {
          params: { path: { model_id: modelId, number } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const evaluationQuery = (modelId: string, number: number) =>
  queryOptions({
    queryKey: [...modelsKey, modelId, 'versions', number, 'evaluation'],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/models/{model_id}/versions/{number}/evaluation', {
          params: { path: { model_id: modelId, number } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
