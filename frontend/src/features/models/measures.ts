import type { GenerationEvaluation } from '~/api/types';

type Baseline = GenerationEvaluation['baselines'][number];

/** A way to answer: this version, the untuned model, or copying the answer of the most similar training row. */
export type Way = Pick<Baseline, 'answers'> & {
  kind: Baseline['kind'] | 'tuned';
  likelihood?: Baseline['likelihood'];
  /** Share of the pairs in which the whole wanted answer is the likelier one. */
  likelier?: number;
};

interface Measured {
  value: number;
  low: number;
  high: number;
}

export interface Measure {
  name: 'likelier' | 'perplexity' | 'token_accuracy' | 'chrf' | 'rouge_l' | 'exact_match' | 'valid_json';
  /** A share from nothing to all, points of a hundred, or whatever it comes to. */
  scale: 'share' | 'points' | 'open';
  /** Whether less is better. */
  least?: true;
  /** Nothing where it was not measured. */
  of: (way: Way) => Measured | undefined;
}

const exactly = (value: number | undefined) =>
  value === undefined ? undefined : { value, low: value, high: value };

export const MEASURES: Measure[] = [
  { name: 'likelier', scale: 'share', of: ({ likelier }) => exactly(likelier) },
  {
    name: 'perplexity',
    scale: 'open',
    least: true,
    of: ({ likelihood }) => likelihood?.perplexity ?? undefined,
  },
  { name: 'token_accuracy', scale: 'share', of: ({ likelihood }) => likelihood?.token_accuracy },
  { name: 'chrf', scale: 'points', of: ({ answers }) => answers.chrf },
  { name: 'rouge_l', scale: 'points', of: ({ answers }) => answers.rouge_l },
  { name: 'exact_match', scale: 'share', of: ({ answers }) => answers.exact_match },
  { name: 'valid_json', scale: 'share', of: ({ answers }) => answers.valid_json ?? undefined },
];

export function tunedOf({ answers, likelihood, preference }: GenerationEvaluation): Way {
  return { kind: 'tuned', answers, likelihood, likelier: preference?.likelier };
}

export function waysOf(evaluation: GenerationEvaluation): Way[] {
  const { baselines, preference } = evaluation;
  const others = baselines.map((way) =>
    way.kind === 'base' ? { ...way, likelier: preference?.base_likelier } : way,
  );
  return [tunedOf(evaluation), ...others];
}
