import { describe, expect, it } from 'vitest';
import type { JobEvent } from '~/api/types';
import { latestValues, NOTHING_YET, withEvents } from '~/features/jobs/liveJob';
import { metricLabel, metricValue } from '~/features/jobs/metricNames';
import { formatter } from '~/i18n/format';
import { translator } from '~/i18n/translate';

function event(sequence: number, type: JobEvent['type'], data: Record<string, unknown>): JobEvent {
  return { sequence, type, data, at: '2026-01-02T12:00:00Z' };
}

const progress = (fraction: number) => ({ step: 1, total_steps: 2, epoch: 0, fraction, eta_seconds: 40 });

describe('withEvents', () => {
  it('counts every event once, even if a resumed stream sends it again', () => {
    const line = event(1, 'log', { level: 'info', message: 'Started.' });
    const once = withEvents(NOTHING_YET, [line]);
    const twice = withEvents(once, [line, event(2, 'log', { level: 'info', message: 'More.' })]);
    expect(twice.log.map(({ message }) => message)).toEqual(['Started.', 'More.']);
    expect(twice.lastSequence).toBe(2);
  });

  it('keeps the newest progress, phase and metrics', () => {
    const state = withEvents(NOTHING_YET, [
      event(1, 'status', { status: 'running', phase: null, attempt: 1 }),
      event(2, 'status', { status: null, phase: 'training', attempt: null }),
      event(3, 'metrics', { step: 1, epoch: 1, values: { train_loss: 2, learning_rate: 0.1 } }),
      event(4, 'metrics', { step: 2, epoch: 2, values: { train_loss: 1 } }),
      event(5, 'progress', progress(0.5)),
    ]);
    expect(state).toMatchObject({ status: 'running', phase: 'training', progress: { fraction: 0.5 } });
    expect(latestValues(state.metrics)).toEqual({ train_loss: 1, learning_rate: 0.1 });
  });

  it('starts over when the job is queued again', () => {
    const state = withEvents(NOTHING_YET, [
      event(1, 'progress', progress(0.9)),
      event(2, 'status', { status: 'queued' }),
    ]);
    expect(state.progress).toBeNull();
  });
});

describe('metrics', () => {
  it('are named and written for people', () => {
    const t = translator('en');
    const format = formatter('en');
    expect(metricLabel('train_loss', t)).toBe('Training loss');
    expect(metricLabel('brand_new', t)).toBe('brand new');
    expect(metricValue('validation_accuracy', 0.9, format)).toBe('90\u202f%');
    expect(metricValue('learning_rate', 0.00002, format)).toBe('2.0e-5');
    expect(metricValue('held_out_rows', 3080, format)).toBe('3,080');
  });
});
