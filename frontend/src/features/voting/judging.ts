import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, unwrap } from '~/api/client';
import type { components } from '~/api/schema.gen';
import { type Place, summaryQuery } from './queries';

/** One by itself and four at once is how the server asks; so progress is seen, and no request takes long. */
const ROWS_AT_ONCE = 5;

export interface Judge {
  base_url: string;
  model: string;
  api_key: string | null;
  rows: number;
  /** About the rows that it has not decided. */
  again: boolean;
}

type Tally = components['schemas']['JudgementRead'];

/** How many rows were asked about, by what came of it. */
type Counts = Pick<Tally, 'judged' | 'unclear' | 'refused'>;

/** What came of it so far. */
export interface Judging extends Counts {
  /** What came back for the first row that was refused. */
  refusal: string | null;
  wanted: number;
  tally: Tally | null;
}

const NOTHING = { judged: 0, unclear: 0, refused: 0, refusal: null, tally: null };

export const askedAbout = ({ judged, unclear, refused }: Counts) => judged + unclear + refused;

/** With what came of a few rows more. Each row is asked about once, also if that comes to nothing once more. */
function after(before: Judging, tally: Tally, { rows, again }: Judge): Judging {
  const counts = {
    judged: before.judged + tally.judged,
    unclear: before.unclear + tally.unclear,
    refused: before.refused + tally.refused,
  };
  const left = again ? tally.undecided - counts.unclear - counts.refused : tally.left;
  return {
    ...counts,
    refusal: before.refusal ?? tally.refusal,
    wanted: Math.min(rows, askedAbout(counts) + Math.max(0, left)),
    tally,
  };
}

/** Lets another model judge, a few rows at a time. The server keeps what was judged, and nobody keeps the key. */
export function useJudge(place: Place) {
  const queryClient = useQueryClient();
  const [judging, setJudging] = useState<Judging | null>(null);
  const [stopping, setStopping] = useState(false);
  const stopped = useRef(false);
  const stop = () => {
    stopped.current = true;
    setStopping(true);
  };
  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );

  const mutation = useMutation({
    // What was sent, and so the key, is forgotten with the form.
    gcTime: 0,
    mutationFn: async (judge: Judge) => {
      let now: Judging = { ...NOTHING, wanted: judge.rows };
      let moved = true;
      setJudging(now);
      while (moved && !stopped.current && askedAbout(now) < now.wanted) {
        const rows = Math.min(ROWS_AT_ONCE, now.wanted - askedAbout(now));
        const tally = await ask(place, { ...judge, rows });
        now = after(now, tally, judge);
        moved = askedAbout(tally) > 0;
        setJudging(now);
        void queryClient.invalidateQueries({ queryKey: summaryQuery(place).queryKey });
      }
    },
  });
  const start = (judge: Judge) => {
    stopped.current = false;
    setStopping(false);
    mutation.mutate(judge);
  };
  return { start, stop, stopping, judging, isPending: mutation.isPending, error: mutation.error };
}

function ask({ modelId, number }: Place, body: Judge) {
  return unwrap(
    api.POST('/api/v1/models/{model_id}/versions/{number}/judgements', {
      params: { path: { model_id: modelId, number } },
      body,
    }),
  );
}
