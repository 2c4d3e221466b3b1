import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import type { components } from '~/api/schema.gen';

type Schemas = components['schemas'];

const PAIRS_OF_A_PAGE = 50;

export const VOTES = ['left', 'right', 'tie'] as const;
export type Vote = (typeof VOTES)[number];

/** Two answers to a question of the exam; which of them is the tuned model's is not told. */
export type Pair = Schemas['ComparedAnswers'];
type PairPage = Schemas['ComparisonPage'];
type Summary = Schemas['PreferenceSummary'];
/** What votes come to; each row counts once. */
export type Tally = Omit<Summary, 'people' | 'judges'>;

export interface Place {
  modelId: string;
  number: number;
}

const keyOf = ({ modelId, number }: Place) => ['models', modelId, 'versions', number, 'votes'] as const;
const pathOf = ({ modelId, number }: Place) => ({ model_id: modelId, number });

export const pairsQuery = (place: Place) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(place), 'pairs'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET('/api/v1/models/{model_id}/versions/{number}/comparisons', {
          params: {
            path: pathOf(place),
            query: { limit: PAIRS_OF_A_PAGE, cursor: pageParam === null ? undefined : Number(pageParam) },
          },
        }),
      ),
    getNextPageParam: (last) => last.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const summaryQuery = (place: Place) =>
  queryOptions({
    queryKey: [...keyOf(place), 'summary'],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/models/{model_id}/versions/{number}/comparisons/summary', {
          params: { path: pathOf(place) },
        }),
      ),
  });

/** A vote counts at once on the screen; where the server refuses it, it is taken back. */
export function useVote(place: Place) {
  const queryClient = useQueryClient();
  const { queryKey } = pairsQuery(place);
  const write = (row: number, vote: Vote | null) =>
    queryClient.setQueryData<InfiniteData<PairPage, string | null>>(
      queryKey,
      (known) =>
        known && {
          ...known,
          pages: known.pages.map((page) => ({
            ...page,
            data: page.data.map((pair) => (pair.row === row ? { ...pair, vote } : pair)),
          })),
        },
    );
  return useMutation({
    mutationFn: ({ row, vote }: { row: number; vote: Vote; before: Vote | null }) =>
      unwrap(
        api.PUT('/api/v1/models/{model_id}/versions/{number}/comparisons/{row}', {
          params: { path: { ...pathOf(place), row } },
          body: { vote },
        }),
      ),
    onMutate: ({ row, vote }) => write(row, vote),
    onError: (_, { row, before }) => write(row, before),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...keyOf(place), 'summary'] }),
  });
}
