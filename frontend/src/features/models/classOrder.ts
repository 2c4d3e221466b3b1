import type { ClassMetrics } from '~/api/types';

export type SortKey = 'label' | 'f1' | 'precision' | 'recall' | 'support';

export function isSortKey(key: string): key is SortKey {
  return ['label', 'f1', 'precision', 'recall', 'support'].includes(key);
}

/** Classes by a column, with a minus in front the highest first; those without a row in the exam come last. */
export function sortedClasses(classes: ClassMetrics[], sort = 'f1'): ClassMetrics[] {
  const wanted = sort.replace('-', '');
  const key = isSortKey(wanted) ? wanted : 'f1';
  const sign = sort.startsWith('-') ? -1 : 1;
  return classes.toSorted(
    (one, other) =>
      Number(one.support === 0) - Number(other.support === 0) || sign * compared(one[key], other[key]),
  );
}

function compared(one: string | number, other: string | number): number {
  return typeof one === 'string' ? one.localeCompare(String(other)) : one - Number(other);
}
