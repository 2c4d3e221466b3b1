import { describe, expect, it } from 'vitest';
import type { JobEvent } from '~/api/types';
import { lineText } from '~/features/jobs/lineText';
import { latestValues, NOTHING_YET, withEvents } from '~/features/jobs/liveJob';
import { metricLabel, metricValue } from '~/features/jobs/metricNames';
import { formatter } from '~/i18n/format';
import { sayer } from '~/i18n/sayings';
import { type Language, translator } from '~/i18n/translate';
import { sayingsZhCN } from '~/i18n/zh-CN/sayings';

function event(sequence: number, type: JobEvent['type'], data: Record<string, unknown>): JobEvent {
  return { sequence, type, data, at: '2026-01-02T12:00:00Z' };
}

const progress = (fraction: number) => ({ step: 1, total_steps: 2, epoch: 0, fraction, eta_seconds: 40 });

describe('withEvents', () => {
  it('counts every event once, even if a resumed stream sends it again', () => {
    const said = (message: string) => ({ level: 'info', code: 'exam', message, details: {} });
    const line = event(1, 'log', said('Started.'));
    const once = withEvents(NOTHING_YET, [line]);
    const twice = withEvents(once, [line, event(2, 'log', said('More.'))]);
    expect(twice.log).toMatchObject([{ message: 'Started.' }, { message: 'More.' }]);
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

  it('starts over with another attempt, and says why there is one', () => {
    const state = withEvents(NOTHING_YET, [
      event(1, 'status', { status: 'running', attempt: 1 }),
      event(2, 'status', { phase: 'training' }),
      event(3, 'metrics', { step: 1, epoch: 1, values: { train_loss: 2 } }),
      event(4, 'progress', progress(0.9)),
      event(5, 'status', { status: 'queued', attempt: 1, outcome: 'lost' }),
      event(6, 'status', { status: 'running', attempt: 2 }),
    ]);
    expect(state).toMatchObject({ status: 'running', phase: null, progress: null, metrics: [] });
    const t = translator('en');
    expect(state.log.map((line) => lineText(line, t, sayer('en')))).toEqual([
      'Started.',
      'The worker was lost; the job is started again by itself.',
      'Started again: attempt 2.',
    ]);
  });

  it('says what the trainer said in the language of the reader', () => {
    const told = { level: 'warning', code: 'rows_without_label', message: '3 rows left out.' };
    const [line] = withEvents(NOTHING_YET, [event(1, 'log', { ...told, details: { count: 3 } })]).log;
    const said = (language: Language, sayings?: Record<string, string>) =>
      line && lineText(line, translator('en'), sayer(language, sayings));
    expect(said('en')).toBe('3 rows left out.');
    expect(said('zh-CN', sayingsZhCN)).toBe('略过了 3 行：没有标签。');
  });

  it('says of a batch how its file was read, as it does of an upload', () => {
    const details = { sheet: 'Q1', others: ['Q2', 'Q3'] };
    const message = "The sheet 'Q1' was read. Others: 'Q2', 'Q3'.";
    const told = { level: 'info', code: 'sheet_chosen', message, details };
    const [line] = withEvents(NOTHING_YET, [event(1, 'log', told)]).log;
    const said = (language: Language, sayings?: Record<string, string>) =>
      line && lineText(line, translator('en'), sayer(language, sayings));
    expect(said('en')).toBe(message);
    expect(said('zh-CN', sayingsZhCN)).toBe('读取了工作表“Q1”。其他工作表：Q2、Q3。');
  });

  it('says from where an attempt went on, and that another needs less memory', () => {
    const state = withEvents(NOTHING_YET, [
      event(1, 'status', { status: 'running', attempt: 1 }),
      event(2, 'status', { status: 'queued', attempt: 1, outcome: 'oom' }),
      event(3, 'status', { status: 'running', attempt: 2 }),
      event(4, 'status', { continued_from_step: 40 }),
    ]);
    expect(state.continuedFrom).toBe(40);
    const t = translator('en');
    expect(state.log.map((line) => lineText(line, t, sayer('en'))).slice(1)).toEqual([
      'It ran out of memory; it is started again by itself, with half as many rows at a time.',
      'Started again: attempt 2.',
      'Continued from step 40.',
    ]);
    expect(
      withEvents(state, [event(5, 'status', { status: 'running', attempt: 3 })]).continuedFrom,
    ).toBeNull();
  });

  it('lays the runs of a search one after the other', () => {
    const steps = [1, 10, 1, 10];
    const state = withEvents(
      NOTHING_YET,
      steps.map((step, place) => event(place + 1, 'metrics', { step, epoch: 1, values: { train_loss: 1 } })),
    );
    expect(state.metrics.map(({ x, run }) => [x, run])).toEqual([
      [1, 0],
      [10, 0],
      [11, 1],
      [20, 1],
    ]);
  });

  it('keeps what the trainer used, by the time since it began', () => {
    const used = { memory_bytes: 1e9, memory_total_bytes: 8e9, processors: 1.5, processors_total: 2 };
    const state = withEvents(NOTHING_YET, [
      { ...event(1, 'status', { status: 'running', attempt: 1 }), at: '2026-01-02T12:00:00Z' },
      { ...event(2, 'resources', used), at: '2026-01-02T12:00:08Z' },
    ]);
    expect(state.resources).toEqual([
      { x: 8, memory: 1e9, memoryTotal: 8e9, processors: 1.5, processorsTotal: 2 },
    ]);
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
