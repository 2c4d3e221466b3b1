// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { GenerationEvaluation, ModelVersion } from '~/api/types';
import { headline } from '~/components/headline';
import { VerdictNote } from '~/features/models/VerdictNote';
import WritingComparison from '~/features/models/WritingComparison';
import WritingQuality from '~/features/models/WritingQuality';
import { formatter } from '~/i18n/format';
import { I18nProvider } from '~/i18n/I18nProvider';
import { translator } from '~/i18n/translate';

const interval = (value: number) => ({ value, low: value * 0.9, high: value * 1.1 });
const answers = (chrf: number) => ({
  chrf: interval(chrf),
  rouge_l: interval(40),
  exact_match: interval(0.1),
  valid_json: null,
});
const likelihood = (perplexity: number) => ({
  loss: interval(Math.log(perplexity)),
  perplexity: interval(perplexity),
  token_accuracy: interval(0.5),
});
const evaluation = {
  task: 'text_generation',
  rows: 30,
  scored_rows: 30,
  answered_rows: 24,
  likelihood: likelihood(8),
  answers: answers(42),
  baselines: [
    {
      kind: 'base',
      name: '',
      likelihood: likelihood(40),
      answers: answers(20),
      chrf_difference: interval(22),
    },
    { kind: 'retrieval', name: '', likelihood: null, answers: answers(30), chrf_difference: interval(12) },
  ],
  memorisation: { expected: 1, answers: 2 },
} as unknown as GenerationEvaluation;
const version = {
  model_name: 'faq',
  number: 2,
  dataset: { name: 'faq', number: 1 },
  preset: 'fast',
  base_model: { name: 'SmolLM2' },
  splits: { test: 30 },
} as unknown as ModelVersion;

function show(element: React.ReactNode) {
  render(
    <MantineProvider>
      <I18nProvider>{element}</I18nProvider>
    </MantineProvider>,
  );
}

describe('how well it writes', () => {
  it('tells how many rows were weighed and how many answered, whichever are more', () => {
    show(<WritingQuality version={version} evaluation={{ ...evaluation, scored_rows: 11 }} />);
    expect(
      screen.getByText(/the expected answers of 11 were weighed, and 24 it answered itself/),
    ).toBeDefined();
    expect(screen.getByText(/^Of the 24 expected answers/)).toBeDefined();
  });

  it('is shown measure by measure beside the others, as far as each was measured', () => {
    show(<WritingQuality version={version} evaluation={evaluation} />);
    expect(screen.getByRole('img', { name: 'Perplexity' }).textContent).toContain('40');
    expect(screen.getByRole('img', { name: 'Perplexity' }).textContent).not.toContain('Copying');
    expect(screen.getByRole('img', { name: 'chrF of the answers' }).textContent).toContain('Copying');
    expect(screen.getByRole('img', { name: 'ROUGE-L' }).textContent).toMatch(/^02550.*40/);
    expect(screen.queryByText('Valid JSON')).toBeNull();
    expect(screen.getByText(/24 answers that it wrote, 2 are/)).toBeDefined();
  });

  it('tells of pairs of answers which one it holds for likelier', () => {
    const preference = { pairs: 30, preferred: interval(0.8), likelier: 0.7, base_likelier: 0.5 };
    const verdict = { level: 'better', en: 'It learnt.', 'zh-CN': '' };
    const weighed = { ...evaluation, preference, verdict } as unknown as GenerationEvaluation;
    show(
      <>
        <VerdictNote evaluation={weighed} />
        <WritingQuality version={version} evaluation={weighed} />
      </>,
    );
    const bars = screen.getByRole('img', { name: 'Holds the better answer for likelier' }).textContent;
    expect(bars).toContain('70');
    expect(bars).toContain('50');
    expect(bars).not.toContain('Copying');
    expect(screen.getByText(/^Better answer preferred: 80/)).toBeDefined();
    expect(screen.getByText(/of 30 pairs of answers it never saw, between 72/)).toBeDefined();
  });

  it('stands beside that of another version', () => {
    const other = { version: { ...version, number: 1 }, evaluation };
    show(<WritingComparison one={{ version, evaluation }} other={other} />);
    expect(screen.getAllByText('42 (37.8–46.2)').length).toBe(2);
    expect(screen.getByText('v1')).toBeDefined();
  });

  it('comes to a few words in a list', () => {
    const words = (metrics: Record<string, number>) => headline(metrics, translator('en'), formatter('en'));
    expect(words({ accuracy: 0.937 })).toBe('93.7\u202f% right');
    expect(words({ perplexity_cut: 0.45, chrf: 30 })).toBe('Perplexity −45\u202f%');
    expect(words({ preferred: 0.8, perplexity_cut: 0.1 })).toBe('Better answer preferred: 80\u202f%');
    expect(words({})).toBeUndefined();
  });
});
