import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { EndedJob } from '~/api/types';
import { activityQuery } from './queries';

/** Jobs that ended while this page was open, and a way to put one aside. What a job changes is asked for again. */
export function useNews(): [news: EndedJob[], dismiss: (id: string) => void] {
  const queryClient = useQueryClient();
  const { data } = useQuery(activityQuery);
  const known = useRef<Set<string> | null>(null);
  const [news, setNews] = useState<EndedJob[]>([]);

  useEffect(() => {
    if (!data) return;
    const before = known.current;
    known.current = new Set(data.ended.map(endOf));
    if (before === null) return;
    const arrived = data.ended.filter((job) => !before.has(endOf(job)));
    if (arrived.length === 0) return;
    setNews((shown) => [...arrived, ...shown]);
    for (const key of ['jobs', 'datasets', 'models', 'deployments']) {
      void queryClient.invalidateQueries({ queryKey: [key] });
    }
  }, [data, queryClient]);

  return [news, (id) => setNews((shown) => shown.filter((job) => job.id !== id))];
}

/** A job that was tried again may end twice. */
function endOf({ id, finished_at }: EndedJob): string {
  return `${id} ${finished_at}`;
}
