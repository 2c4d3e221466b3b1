import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Job, JobStatus } from '~/api/types';
import { followEvents } from './followEvents';
import { type LiveJob, NOTHING_YET, withEvents } from './liveJob';
import { isOver, jobKey } from './queries';

/**
 * Follows a job's event stream into the query cache; `broken` while the connection is lost. Coming back to the page
 * resumes after the last event that is still in the cache.
 */
export function useLiveJob(job: Job): LiveJob & { broken: boolean } {
  const queryClient = useQueryClient();
  const [broken, setBroken] = useState(false);
  const over = isOver(job.status);
  const live = useQuery<LiveJob>({
    queryKey: liveKey(job.id),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
  });

  useEffect(() => {
    const key = liveKey(job.id);
    const known = () => queryClient.getQueryData<LiveJob>(key) ?? NOTHING_YET;
    return followEvents(job.id, {
      // A job that was started again has ended before, so its old end must not count.
      complete: (heard) => (over || heard) && known().status !== null && isOver(known().status as JobStatus),
      last: () => known().lastSequence,
      onBroken: setBroken,
      onEvents: (events) => {
        queryClient.setQueryData<LiveJob>(key, (state) => withEvents(state ?? NOTHING_YET, events));
        if (events.some(({ type }) => type === 'status')) {
          void queryClient.invalidateQueries({ queryKey: jobKey(job.id), exact: true });
        }
      },
    });
  }, [job.id, over, queryClient]);

  return { ...(live.data ?? NOTHING_YET), broken };
}

function liveKey(id: string) {
  return [...jobKey(id), 'live'] as const;
}
