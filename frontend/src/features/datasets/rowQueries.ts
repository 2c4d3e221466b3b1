import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import { versionKey } from './queries';

export const PAGE_ROWS = 100;
const SHOWN_CHARS = 200;
const WHOLE_CELL_CHARS = 100_000;
const KEPT_MS = 120_000;

/** One page of rows, cells cut to what a table can show; `only` numbers the rows that count. */
export const rowPageQuery = (id: string, number: number, page: number, only: number[]) =>
  queryOptions({
    queryKey: [...versionKey(id, number), 'rows', page, only],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET('/api/v1/datasets/{dataset_id}/versions/{number}/rows', {
          params: {
            path: { dataset_id: id, number },
            query: { offset: page * PAGE_ROWS, limit: PAGE_ROWS, cell_limit: SHOWN_CHARS, only },
          },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
  });

/** One row with its whole cells. */
export const rowQuery = (id: string, number: number, row: number) =>
  queryOptions({
    queryKey: [...versionKey(id, number), 'row', row],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/datasets/{dataset_id}/versions/{number}/rows', {
          params: {
            path: { dataset_id: id, number },
            query: { offset: row - 1, limit: 1, cell_limit: WHOLE_CELL_CHARS },
          },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

export type LeftOut = 'rejects' | 'removed';

/** One page of the lines that could not be read, or of the rows that repairs removed. */
export const leftOutQuery = (id: string, number: number, kind: LeftOut, page: number) =>
  queryOptions({
    queryKey: [...versionKey(id, number), kind, page],
    queryFn: () => {
      const params = {
        path: { dataset_id: id, number },
        query: { offset: page * PAGE_ROWS, limit: PAGE_ROWS, cell_limit: 500 },
      };
      return unwrap(
        kind === 'rejects'
          ? api.GET('/api/v1/datasets/{dataset_id}/versions/{number}/rejects', { params })
          : api.GET('/api/v1/datasets/{dataset_id}/versions/{number}/removed', { params }),
      );
    },
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
