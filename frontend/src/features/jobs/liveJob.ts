import type { JobEvent, JobPhase, JobStatus, Progress } from '~/api/types';
import type { Details } from '~/i18n/sayings';

/** Measured values of the current attempt. */
export interface MetricPoint {
  /** The step, counted on where a run begins anew. */
  x: number;
  /** How many runs came before: a search trains several times, and each counts its steps from the start. */
  run: number;
  step: number;
  epoch: number;
  values: Record<string, number>;
}

/** What a model that learns to write answered at one moment; step 0 is the untuned model. */
export interface SamplePoint {
  step: number;
  answers: { row: number; prompt: string; expected: string; answer: string }[];
}

/** What the trainer used of the machine. */
export interface ResourcePoint {
  /** Seconds since the attempt began. */
  x: number;
  memory: number;
  memoryTotal: number;
  processors: number;
  processorsTotal: number;
}

/** What the trainer said, or how the state changed. */
export type LogLine = { sequence: number; at: string } & (
  | { kind: 'told'; level: string; code: string; message: string; details: Details }
  | { kind: 'state'; status: JobStatus; attempt: number; outcome: string | null }
  | { kind: 'continued'; step: number }
);

/** What the event stream of a job has told so far. */
export interface LiveJob {
  lastSequence: number;
  status: JobStatus | null;
  phase: JobPhase | null;
  progress: Progress | null;
  attemptBegan: string | null;
  /** The step at which the attempt went on; null if it began from the start. */
  continuedFrom: number | null;
  metrics: MetricPoint[];
  resources: ResourcePoint[];
  samples: SamplePoint[];
  /** Those of earlier attempts, which count if this one goes on from there. */
  earlierSamples: SamplePoint[];
  log: LogLine[];
}

export const NOTHING_YET: LiveJob = {
  lastSequence: 0,
  status: null,
  phase: null,
  progress: null,
  attemptBegan: null,
  continuedFrom: null,
  metrics: [],
  resources: [],
  samples: [],
  earlierSamples: [],
  log: [],
};

/** The state after more events, each counted once even if a resumed stream sends it again. */
export function withEvents(state: LiveJob, events: JobEvent[]): LiveJob {
  const next = {
    ...state,
    metrics: [...state.metrics],
    resources: [...state.resources],
    samples: [...state.samples],
    log: [...state.log],
  };
  for (const event of events) {
    if (event.sequence <= next.lastSequence) continue;
    next.lastSequence = event.sequence;
    apply(next, event);
  }
  return next;
}

function apply(state: LiveJob, event: JobEvent): void {
  const { data, at, sequence } = event;
  switch (event.type) {
    case 'progress':
      state.progress = data as unknown as Progress;
      break;
    case 'metrics':
      state.metrics.push(metricPoint(state.metrics.at(-1), data));
      break;
    case 'resources':
      state.resources.push(resourcePoint(state.attemptBegan ?? at, at, data));
      break;
    case 'samples':
      state.samples.push(data as unknown as SamplePoint);
      break;
    case 'log':
      state.log.push({
        sequence,
        at,
        kind: 'told',
        level: String(data.level),
        code: String(data.code),
        message: String(data.message),
        details: data.details as Details,
      });
      break;
    case 'status':
      changeStatus(state, event);
  }
}

function changeStatus(state: LiveJob, { data, at, sequence }: JobEvent): void {
  state.phase = (data.phase as JobPhase | null) ?? state.phase;
  if (typeof data.continued_from_step === 'number') {
    state.continuedFrom = data.continued_from_step;
    state.samples = state.earlierSamples.filter(({ step }) => step <= Number(data.continued_from_step));
    state.log.push({ sequence, at, kind: 'continued', step: state.continuedFrom });
  }
  const status = (data.status as JobStatus | null) ?? null;
  if (status === null) return;
  state.status = status;
  const outcome = (data.outcome as string | null) ?? null;
  state.log.push({ sequence, at, kind: 'state', status, attempt: Number(data.attempt ?? 1), outcome });
  if (status === 'running') {
    // The curves of another attempt are not those of the attempt before.
    Object.assign(state, {
      attemptBegan: at,
      continuedFrom: null,
      phase: null,
      progress: null,
      metrics: [],
      resources: [],
      samples: [],
      earlierSamples: state.samples,
    });
  }
  if (status === 'queued') Object.assign(state, { phase: null, progress: null });
}

function metricPoint(last: MetricPoint | undefined, data: JobEvent['data']): MetricPoint {
  const step = Number(data.step);
  const anew = last !== undefined && step < last.step;
  const run = (last?.run ?? 0) + Number(anew);
  const before = last === undefined ? 0 : anew ? last.x : last.x - last.step;
  const values = data.values as Record<string, number>;
  return { x: before + step, run, step, epoch: Number(data.epoch), values };
}

function resourcePoint(began: string, at: string, data: JobEvent['data']): ResourcePoint {
  return {
    x: Math.max(0, (Date.parse(at) - Date.parse(began)) / 1000),
    memory: Number(data.memory_bytes),
    memoryTotal: Number(data.memory_total_bytes),
    processors: Number(data.processors),
    processorsTotal: Number(data.processors_total),
  };
}

/** The newest value of every metric. */
export function latestValues(points: MetricPoint[]): Record<string, number> {
  return Object.assign({}, ...points.map(({ values }) => values));
}
