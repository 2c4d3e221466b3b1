import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import { ROWS_OF_A_PAGE } from './queries';
import type { Change } from './search';

/** Two versions by model, number and the id of the other. */
export interface Pair {
  modelId: string;
  number: number;
  otherId: string;
}

const path = ({ modelId, number, otherId }: Pair) => ({
  model_id: modelId,
  number,
  model_version_id: otherId,
});

export const comparisonQuery = (pair: Pair) =>
  queryOptions({
    queryKey: ['models', pair.modelId, 'comparison', pair],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/models/{model_id}/versions/{number}/evaluation/comparisons/{model_version_id}', {
          params: { path: path(pair) },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const flippedRowsQuery = (pair: Pair, change: Change, page: number) =>
  queryOptions({
    queryKey: ['models', pair.modelId, 'comparison', pair, change, page],
    queryFn: () =>
      unwrap(
        api.GET(
          '/api/v1/models/{model_id}/versions/{number}/evaluation/comparisons/{model_version_id}/rows',
          {
            params: {
              path: path(pair),
              query: { change, limit: ROWS_OF_A_PAGE, offset: (page - 1) * ROWS_OF_A_PAGE },
            },
          },
        ),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
