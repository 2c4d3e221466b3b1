import type { Format } from '~/i18n/format';

/** A difference of two shares in percentage points, with its sign unless it is 0: `+7.5`. */
export function signedPoints(difference: number, format: Format): string {
  const points = format.number(Math.abs(difference) * 100, 1);
  if (points === format.number(0)) return points;
  return `${difference < 0 ? '−' : '+'}${points}`;
}

interface Interval {
  value: number;
  low: number;
  high: number;
}

/** A difference with its interval: `+7.5 (−1.2 … +16)`. */
export function signedInterval({ value, low, high }: Interval, format: Format): string {
  return `${signedPoints(value, format)} (${signedPoints(low, format)} … ${signedPoints(high, format)})`;
}
