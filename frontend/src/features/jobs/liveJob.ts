import type { JobEvent, JobPhase, JobStatus, Progress } from '~/api/types';

const MOST_LINES = 500;
const MOST_POINTS = 2_000;

export interface MetricPoint {
  step: number;
  values: Record<string, number>;
}

export interface LogLine {
  sequence: number;
  at: string;
  level: string;
  message: string;
}

/** What the event stream of a job has told so far. */
export interface LiveJob {
  lastSequence: number;
  status: JobStatus | null;
  phase: JobPhase | null;
  progress: Progress | null;
  metrics: MetricPoint[];
  log: LogLine[];
}

export const NOTHING_YET: LiveJob = {
  lastSequence: 0,
  status: null,
  phase: null,
  progress: null,
  metrics: [],
  log: [],
};

/** The state after more events, each counted once even if a resumed stream sends it again. */
export function withEvents(state: LiveJob, events: JobEvent[]): LiveJob {
  const next = { ...state, metrics: [...state.metrics], log: [...state.log] };
  for (const event of events) {
    if (event.sequence <= next.lastSequence) continue;
    next.lastSequence = event.sequence;
    apply(next, event);
  }
  next.metrics = next.metrics.slice(-MOST_POINTS);
  next.log = next.log.slice(-MOST_LINES);
  return next;
}

function apply(state: LiveJob, { type, data, at, sequence }: JobEvent): void {
  switch (type) {
    case 'progress':
      state.progress = data as unknown as Progress;
      break;
    case 'metrics':
      state.metrics.push({ step: Number(data.step), values: data.values as Record<string, number> });
      break;
    case 'log':
      state.log.push({ sequence, at, level: String(data.level), message: String(data.message) });
      break;
    case 'status':
      state.status = (data.status as JobStatus | null) ?? state.status;
      state.phase = (data.phase as JobPhase | null) ?? state.phase;
      // Another attempt starts from the beginning.
      if (data.status === 'queued') state.progress = null;
  }
}

/** The newest value of every metric. */
export function latestValues(points: MetricPoint[]): Record<string, number> {
  return Object.assign({}, ...points.map(({ values }) => values));
}
