import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import type { Language } from '~/i18n/translate';
import { type AnswersSearch, type RowsSearch, shownAnswers } from './search';

export const ROWS_OF_A_PAGE = 50;

const modelsKey = ['models'] as const;

export const modelsQuery = (limit = 100) =>
  queryOptions({
    queryKey: [...modelsKey, 'list', limit],
    queryFn: () => unwrap(api.GET('/api/v1/models', { params: { query: { limit } } })),
  });

export const modelQuery = (modelId: string) =>
  queryOptions({
    queryKey: [...modelsKey, modelId],
    queryFn: () => unwrap(api.GET('/api/v1/models/{model_id}', { params: { path: { model_id: modelId } } })),
  });

export const versionsQuery = (modelId: string) =>
  queryOptions({
    queryKey: [...modelsKey, modelId, 'versions'],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/models/{model_id}/versions', {
          params: { path: { model_id: modelId }, query: { limit: 200 } },
        }),
      ),
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

export const rowsQuery = (modelId: string, number: number, search: RowsSearch, limit = ROWS_OF_A_PAGE) =>
  queryOptions({
    queryKey: [...modelsKey, modelId, 'versions', number, 'rows', search, limit],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/models/{model_id}/versions/{number}/evaluation/rows', {
          params: { path: { model_id: modelId, number }, query: rowsOf(search, limit) },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

function rowsOf(search: RowsSearch, limit: number) {
  const { label, predicted, order, page = 1 } = search;
  const answers = shownAnswers(search);
  const correct = answers === 'all' ? undefined : answers === 'right';
  return { label, predicted, order, correct, limit, offset: (page - 1) * limit };
}

export const answersQuery = (modelId: string, number: number, search: AnswersSearch) =>
  queryOptions({
    queryKey: [...modelsKey, modelId, 'versions', number, 'answers', search],
    queryFn: () => {
      const { find, closeness: order, page = 1 } = search;
      const query = { search: find, order, limit: ROWS_OF_A_PAGE, offset: (page - 1) * ROWS_OF_A_PAGE };
      return unwrap(
        api.GET('/api/v1/models/{model_id}/versions/{number}/evaluation/answers', {
          params: { path: { model_id: modelId, number }, query },
        }),
      );
    },
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

/** In this language, if there is a card in it; else in English. */
export const cardQuery = (modelId: string, number: number, language: Language) =>
  queryOptions({
    queryKey: [...modelsKey, modelId, 'versions', number, 'card', language],
    queryFn: async () => {
      const answer = api.GET('/api/v1/models/{model_id}/versions/{number}/card', {
        params: { path: { model_id: modelId, number }, query: { language } },
        parseAs: 'text',
      });
      const text = await unwrap(answer);
      return { text, language: (await answer).response.headers.get('content-language') ?? 'en' };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

export function useRenameModel(modelId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      unwrap(
        api.PATCH('/api/v1/models/{model_id}', { params: { path: { model_id: modelId } }, body: { name } }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: modelsKey }),
  });
}

export function useDeleteModel(modelId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(api.DELETE('/api/v1/models/{model_id}', { params: { path: { model_id: modelId } } })),
    onSuccess: () => {
      queryClient.removeQueries({ queryKey: [...modelsKey, modelId] });
      return queryClient.invalidateQueries({ queryKey: [...modelsKey, 'list'] });
    },
  });
}
