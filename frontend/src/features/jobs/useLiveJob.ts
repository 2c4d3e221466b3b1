import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Job, JobEvent } from '~/api/types';
import { type LiveJob, NOTHING_YET, withEvents } from './liveJob';
import { isOver, jobKey } from './queries';

const EVENT_TYPES = ['status', 'progress', 'metrics', 'log'] as const;
const FLUSH_MS = 100;

/**
 * Follows a job's event stream into the query cache. The browser resumes a broken stream by Last-Event-ID; coming
 * back to the page resumes after the last event that is still in the cache.
 */
export function useLiveJob(job: Job): LiveJob {
  const queryClient = useQueryClient();
  const over = isOver(job.status);
  const live = useQuery<LiveJob>({
    queryKey: liveKey(job.id),
    queryFn: skipToken,
    staleTime: Number.POSITIVE_INFINITY,
  });

  useEffect(() => {
    const key = liveKey(job.id);
    const since = queryClient.getQueryData<LiveJob>(key)?.lastSequence ?? 0;
    const source = new EventSource(`/api/v1/jobs/${encodeURIComponent(job.id)}/events?after=${since}`);
    let waiting: JobEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      const events = waiting;
      waiting = [];
      timer = undefined;
      queryClient.setQueryData<LiveJob>(key, (state) => withEvents(state ?? NOTHING_YET, events));
      if (events.some(({ type }) => type === 'status')) {
        void queryClient.invalidateQueries({ queryKey: jobKey(job.id), exact: true });
      }
    };
    const receive = (message: MessageEvent<string>) => {
      waiting.push(JSON.parse(message.data));
      timer ??= setTimeout(flush, FLUSH_MS);
    };
    for (const type of EVENT_TYPES) source.addEventListener(type, receive);
    // The server ends the stream with the job; without this the browser would ask again and again.
    source.onerror = () => over && source.close();
    return () => {
      source.close();
      clearTimeout(timer);
      if (waiting.length > 0) flush();
    };
  }, [job.id, over, queryClient]);

  return live.data ?? NOTHING_YET;
}

function liveKey(id: string) {
  return [...jobKey(id), 'live'] as const;
}
