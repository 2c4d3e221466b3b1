import type { JobEvent } from '~/api/types';

const EVENT_TYPES = ['status', 'progress', 'metrics', 'log', 'resources', 'samples'] as const;
const FLUSH_MS = 100;
const REOPEN_MS = 2_000;

interface Follower {
  /** Whether all has been told, so that the end of the stream is no loss; `heard` if this stream told anything. */
  complete: (heard: boolean) => boolean;
  /** Sequence of the last event that is known. */
  last: () => number;
  onEvents: (events: JobEvent[]) => void;
  onBroken: (broken: boolean) => void;
}

/**
 * Opens a job's event stream and keeps it open; returns what ends it. A lost connection the browser takes up again by
 * itself, with Last-Event-ID; a stream that the server, or a proxy before it, refused is opened anew from here.
 */
export function followEvents(jobId: string, { complete, last, onEvents, onBroken }: Follower): () => void {
  let source: EventSource;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let flushing: ReturnType<typeof setTimeout> | undefined;
  let waiting: JobEvent[] = [];
  let heard = false;

  const flush = () => {
    const events = waiting;
    waiting = [];
    clearTimeout(flushing);
    flushing = undefined;
    heard ||= events.length > 0;
    if (events.length > 0) onEvents(events);
  };
  const receive = (message: MessageEvent<string>) => {
    waiting.push(JSON.parse(message.data));
    flushing ??= setTimeout(flush, FLUSH_MS);
  };
  const open = () => {
    source = new EventSource(`/api/v1/jobs/${encodeURIComponent(jobId)}/events?after=${last()}`);
    for (const type of EVENT_TYPES) source.addEventListener(type, receive);
    source.onopen = () => onBroken(false);
    source.onerror = () => {
      flush();
      // The server ends the stream with the job; without this the browser would ask again and again.
      if (complete(heard)) {
        source.close();
        return;
      }
      onBroken(true);
      if (source.readyState === EventSource.CLOSED) reopening = setTimeout(open, REOPEN_MS);
    };
  };
  open();
  return () => {
    source.close();
    clearTimeout(reopening);
    flush();
  };
}
