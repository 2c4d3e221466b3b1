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
}

/** What came of it so far. */
export interface Judging {
  judged: number;
  unclear: number;
  wanted: number;
  tally: components['schemas']['JudgementRead'] | null;
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
    mutationFn: async ({ rows, ...judge }: Judge) => {
      let [judged, unclear, moved] = [0, 0, true];
      setJudging({ judged, unclear, wanted: rows, tally: null });
      while (moved && !stopped.current && judged + unclear < rows) {
        const tally = await ask(place, { ...judge, rows: Math.min(ROWS_AT_ONCE, rows - judged - unclear) });
        judged += tally.judged;
        unclear += tally.unclear;
        moved = tally.judged > 0 && tally.left > 0;
        setJudging({ judged, unclear, wanted: Math.min(rows, judged + tally.left), tally });
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
