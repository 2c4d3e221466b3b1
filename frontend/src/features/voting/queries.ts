import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';

const PAIRS_OF_A_PAGE = 50;

type Call = (path: string, init: object) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
/** These addresses are not in the API's description yet. */
const untyped = api as unknown as Record<'GET' | 'PUT', Call>;

export const VOTES = ['left', 'right', 'tie'] as const;
export type Vote = (typeof VOTES)[number];

/** Two answers to a question of the exam; which of them is the tuned model's is not told. */
export interface Pair {
  row: number;
  prompt: string;
  expected: string;
  left: string;
  right: string;
  vote: Vote | null;
}

/** What votes come to; each row counts once. */
export interface Tally {
  tuned: number;
  base: number;
  tie: number;
  rows: number;
  /** The share for the tuned model minus that for the untuned one; null without votes. */
  difference: { value: number; low: number; high: number } | null;
  verdict: { en: string; 'zh-CN': string } | null;
}

/** What people think, and what other models do that were asked to judge. */
export interface Summary extends Tally {
  people: number;
  judges: (Tally & { judge: string })[];
}

interface PairPage {
  data: Pair[];
  next_cursor: string | null;
}

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
        untyped.GET('/api/v1/models/{model_id}/versions/{number}/comparisons', {
          params: { path: pathOf(place), query: { limit: PAIRS_OF_A_PAGE, cursor: pageParam ?? undefined } },
        }),
      ) as Promise<PairPage>,
    getNextPageParam: (last) => last.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const summaryQuery = (place: Place) =>
  queryOptions({
    queryKey: [...keyOf(place), 'summary'],
    queryFn: () =>
      unwrap(
        untyped.GET('/api/v1/models/{model_id}/versions/{number}/comparisons/summary', {
          params: { path: pathOf(place) },
        }),
      ) as Promise<Summary>,
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
        untyped.PUT('/api/v1/models/{model_id}/versions/{number}/comparisons/{row}', {
          params: { path: { ...pathOf(place), row } },
          body: { vote },
        }),
      ),
    onMutate: ({ row, vote }) => write(row, vote),
    onError: (_, { row, before }) => write(row, before),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...keyOf(place), 'summary'] }),
  });
}
