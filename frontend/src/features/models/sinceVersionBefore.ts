import type { Evaluation } from '~/api/types';

export interface Change {
  /** Difference of the shares of right answers. */
  value: number;
  level: 'better' | 'worse' | 'similar';
}

/** How a version does on its exam against the one before; nothing where that one may have learnt from the exam's rows. */
export function sinceVersionBefore({ baselines }: Pick<Evaluation, 'baselines'>): Change | undefined {
  const before = baselines.find(({ kind }) => kind === 'previous_version');
  if (!before || before.possibly_seen > 0) return undefined;
  const { value, low, high } = before.difference;
  return { value, level: low > 0 ? 'better' : high < 0 ? 'worse' : 'similar' };
}
