// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { JobEvent } from '~/api/types';
import { NOTHING_YET, type SamplePoint, withEvents } from '~/features/jobs/liveJob';
import { perplexityOf } from '~/features/jobs/perplexity';
import SampleAnswers from '~/features/jobs/SampleAnswers';
import { I18nProvider } from '~/i18n/I18nProvider';

const at = (step: number, answer: string): SamplePoint => ({
  step,
  answers: [{ row: 7, prompt: 'Where is it?', expected: 'At home.', answer }],
});

function view(samples: SamplePoint[]) {
  return (
    <MantineProvider>
      <I18nProvider>
        <SampleAnswers samples={samples} />
      </I18nProvider>
    </MantineProvider>
  );
}

describe('the answers of a training', () => {
  it('stand beside the expected and the untuned one, and go along with the training', () => {
    const { rerender } = render(view([at(0, 'Who knows'), at(5, 'At work')]));
    expect(screen.getByText('At home.')).toBeDefined();
    expect(screen.getByText('Who knows')).toBeDefined();
    expect(screen.getByText('At work')).toBeDefined();
    rerender(view([at(0, 'Who knows'), at(5, 'At work'), at(10, 'At home')]));
    expect(screen.getByText('At home')).toBeDefined();
    expect(screen.queryByText('At work')).toBeNull();
  });

  it('stay where somebody looks back', () => {
    const samples = [at(0, 'Who knows'), at(5, 'At work'), at(10, 'At home')];
    const { rerender } = render(view(samples));
    fireEvent.click(screen.getByLabelText('Earlier'));
    expect(screen.getAllByText('After step 5').length).toBeGreaterThan(0);
    rerender(view([...samples, at(15, 'Later')]));
    expect(screen.getByText('At work')).toBeDefined();
    fireEvent.click(screen.getByLabelText('Earlier'));
    expect(screen.queryByText('At work')).toBeNull();
    expect(screen.getByText('Who knows')).toBeDefined();
  });
});

describe('the events of samples', () => {
  const event = (sequence: number, type: JobEvent['type'], data: object) =>
    ({ sequence, type, data, at: '2026-01-02T12:00:00Z' }) as JobEvent;

  it('of an attempt that goes on are kept up to where it does', () => {
    const state = withEvents(NOTHING_YET, [
      event(1, 'status', { status: 'running', attempt: 1 }),
      event(2, 'samples', at(0, 'a')),
      event(3, 'samples', at(5, 'b')),
      event(4, 'samples', at(10, 'c')),
      event(5, 'status', { status: 'running', attempt: 2 }),
      event(6, 'status', { continued_from_step: 6 }),
      event(7, 'samples', at(10, 'd')),
    ]);
    expect(state.samples.map(({ step, answers }) => [step, answers[0]?.answer])).toEqual([
      [0, 'a'],
      [5, 'b'],
      [10, 'd'],
    ]);
  });

  it('of an attempt from the start are new', () => {
    const state = withEvents(NOTHING_YET, [
      event(1, 'samples', at(0, 'a')),
      event(2, 'status', { status: 'running', attempt: 2 }),
    ]);
    expect(state.samples).toEqual([]);
  });
});

describe('perplexity', () => {
  it('is that of the first and of the newest look', () => {
    const point = (values: Record<string, number>) => ({ x: 1, run: 0, step: 1, epoch: 1, values });
    expect(perplexityOf([point({ train_loss: 3 })])).toBeUndefined();
    const looks = [point({ validation_loss: Math.log(40) }), point({ validation_loss: Math.log(10) })];
    expect(perplexityOf(looks)?.first).toBeCloseTo(40);
    expect(perplexityOf(looks)?.now).toBeCloseTo(10);
    // The loss of a preference is none of words.
    const weighed = [point({ validation_loss: 0.6, validation_preference_accuracy: 0.7 })];
    expect(perplexityOf(weighed)).toBeUndefined();
  });
});
