// @vitest-environment jsdom
import '../browser';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '~/api/types';
import { useLiveJob } from '~/features/jobs/useLiveJob';

class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeEventSource[] = [];
  readonly url: string;
  closed = false;
  readyState = 1;
  onerror: (() => void) | null = null;
  onopen: (() => void) | null = null;

  constructor(url: string) {
    super();
    this.url = url;
    FakeEventSource.opened.push(this);
  }

  close() {
    this.closed = true;
  }

  status(status: string) {
    const data = { sequence: 1, type: 'status', at: '2026-01-02T12:00:00Z', data: { status, attempt: 1 } };
    this.dispatchEvent(new MessageEvent('status', { data: JSON.stringify(data) }));
  }

  log(sequence: number) {
    const data = {
      sequence,
      type: 'log',
      at: '2026-01-02T12:00:00Z',
      data: { level: 'info', code: 'exam', message: `${sequence}`, details: {} },
    };
    this.dispatchEvent(new MessageEvent('log', { data: JSON.stringify(data) }));
  }
}

const job = { id: 'job_1', status: 'running' } as Job;

function follow(client: QueryClient) {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(() => useLiveJob(job), { wrapper });
}

beforeEach(() => {
  FakeEventSource.opened = [];
  vi.stubGlobal('EventSource', FakeEventSource);
});

describe('useLiveJob', () => {
  it('goes on after the last event when somebody comes back to the page', async () => {
    const client = new QueryClient();
    const first = follow(client);
    const [source] = FakeEventSource.opened;
    act(() => {
      source?.log(1);
      source?.log(2);
    });
    await waitFor(() => expect(first.result.current.log).toHaveLength(2));
    first.unmount();
    expect(source?.closed).toBe(true);

    const second = follow(client);
    expect(second.result.current.log).toHaveLength(2);
    expect(FakeEventSource.opened[1]?.url).toBe('/api/v1/jobs/job_1/events?after=2');
  });

  it('opens a stream anew that was refused, after the last event', () => {
    vi.useFakeTimers();
    const followed = follow(new QueryClient());
    const [source] = FakeEventSource.opened;
    act(() => {
      source?.log(1);
      vi.advanceTimersByTime(200);
      Object.assign(source ?? {}, { readyState: FakeEventSource.CLOSED });
      source?.onerror?.();
    });
    expect(followed.result.current.broken).toBe(true);
    act(() => vi.advanceTimersByTime(3_000));
    expect(FakeEventSource.opened[1]?.url).toBe('/api/v1/jobs/job_1/events?after=1');
    act(() => FakeEventSource.opened[1]?.onopen?.());
    expect(followed.result.current.broken).toBe(false);
    vi.useRealTimers();
  });

  it('takes the end of the stream for a loss only if the job has not ended', async () => {
    const followed = follow(new QueryClient());
    const [source] = FakeEventSource.opened;
    act(() => {
      source?.status('succeeded');
      source?.onerror?.();
    });
    expect(followed.result.current.broken).toBe(false);
    expect(source?.closed).toBe(true);
    await waitFor(() => expect(followed.result.current.status).toBe('succeeded'));
  });

  it('keeps what arrived just before somebody left', () => {
    const client = new QueryClient();
    const first = follow(client);
    FakeEventSource.opened[0]?.log(1);
    first.unmount();
    expect(follow(client).result.current.lastSequence).toBe(1);
  });
});
