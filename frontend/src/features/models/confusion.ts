import type { Evaluation } from '~/api/types';

/** Rows of one true class that were answered with one class. */
export interface Cell {
  label: string;
  predicted: string;
  count: number;
  /** Of the rows of the true class. */
  share: number;
}

type Confusion = Pick<Evaluation, 'labels' | 'confusion'>;

/** Up to so many classes are all shown at once, with room for their names. */
export const MOST_AT_ONCE = 12;

/** Every cell that has rows, in reading order of the matrix. */
export function cells({ labels, confusion }: Confusion): Cell[] {
  return confusion.flatMap((counts, row) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.flatMap((count, column) =>
      count > 0
        ? [{ label: labels[row] ?? '', predicted: labels[column] ?? '', count, share: count / total }]
        : [],
    );
  });
}

/** The cells of mistakes, the ones with the most rows first. */
export function mixedUp(confusion: Confusion): Cell[] {
  const mistakes = cells(confusion).filter(({ label, predicted }) => label !== predicted);
  return mistakes.toSorted((one, other) => other.count - one.count || other.share - one.share);
}

/** The classes of the largest mistakes, in the order of the labels; filled up with the first ones. */
export function mostConfused({ labels, confusion }: Confusion, most = MOST_AT_ONCE): string[] {
  const chosen = new Set<string>();
  for (const { label, predicted } of mixedUp({ labels, confusion })) {
    const wanted = [label, predicted].filter((name) => !chosen.has(name));
    if (chosen.size + wanted.length <= most) for (const name of wanted) chosen.add(name);
  }
  for (const label of labels) if (chosen.size < most) chosen.add(label);
  return labels.filter((label) => chosen.has(label));
}

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

/** Which cell an arrow key leads to: along the reading order, or to the nearest column of the next row that has any. */
export function neighbour(found: Cell[], labels: string[], from: number, direction: Direction): number {
  const cell = found[from];
  if (!cell) return 0;
  if (direction === 'Home') return 0;
  if (direction === 'End') return found.length - 1;
  if (direction === 'ArrowLeft') return Math.max(0, from - 1);
  if (direction === 'ArrowRight') return Math.min(found.length - 1, from + 1);
  const down = direction === 'ArrowDown';
  const row = labels.indexOf(cell.label);
  const column = labels.indexOf(cell.predicted);
  const rank = (other: Cell) => {
    const distance = (labels.indexOf(other.label) - row) * (down ? 1 : -1);
    if (distance <= 0) return Number.POSITIVE_INFINITY;
    return distance * labels.length + Math.abs(labels.indexOf(other.predicted) - column);
  };
  const best = found.reduce((least, other, place) => {
    const known = found[least];
    return known === undefined || rank(other) < rank(known) ? place : least;
  }, from);
  const reached = found[best];
  return reached && Number.isFinite(rank(reached)) ? best : from;
}

/** A name cut to a width in pixels, at about `size` pixels of type. */
export function fitted(name: string, width: number, size: number): string {
  let used = 0;
  for (let place = 0; place < name.length; place += 1) {
    used += name.charCodeAt(place) > 0x2e80 ? size : size * 0.64;
    if (used > width) return `${name.slice(0, Math.max(1, place - 1))}…`;
  }
  return name;
}
