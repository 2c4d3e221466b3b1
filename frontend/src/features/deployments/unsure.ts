import type { Prediction } from '~/api/types';

const SURE_SCORE = 0.5;
const SURE_LEAD = 0.2;

/** The two labels that the model hesitated between, if it did. */
export function hesitation({ scores }: Pick<Prediction, 'scores'>): [string, string] | null {
  const [first, second] = Object.entries(scores).sort(([, a], [, b]) => b - a);
  if (!first || !second) return null;
  const unsure = first[1] < SURE_SCORE || first[1] - second[1] < SURE_LEAD;
  return unsure ? [first[0], second[0]] : null;
}
