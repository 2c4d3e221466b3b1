import { useDebouncedValue } from '@mantine/hooks';
import { useQueries } from '@tanstack/react-query';
import type { DatasetRow } from '~/api/types';
import { PAGE_ROWS, rowPageQuery } from './rowQueries';

/** While somebody drags the scroll bar, pages that only flash by are not asked for. */
const SETTLED_MS = 60;

export interface RowSource {
  datasetId: string;
  number: number;
  /** Numbers of the rows that count; none for all. */
  only: number[];
}

/** The rows of the places from `first` to `last`, as far as they have come, and what went wrong. */
export function useRowPages(source: RowSource, first: number, last: number) {
  const [[from = 0, to = 0]] = useDebouncedValue(
    [Math.floor(first / PAGE_ROWS), Math.floor(last / PAGE_ROWS)],
    SETTLED_MS,
  );
  const pages = Array.from({ length: to - from + 1 }, (_, place) => from + place);
  return useQueries({
    queries: pages.map((page) => rowPageQuery(source.datasetId, source.number, page, source.only)),
    combine: (results) => ({
      rowAt: (place: number): DatasetRow | undefined =>
        results[Math.floor(place / PAGE_ROWS) - from]?.data?.rows[place % PAGE_ROWS],
      error: results.find(({ error }) => error)?.error,
      retry: () => {
        for (const result of results) if (result.isError) void result.refetch();
      },
    }),
  });
}
