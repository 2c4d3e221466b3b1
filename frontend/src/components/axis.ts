export interface Axis {
  low: number;
  high: number;
  ticks: number[];
}

const STEPS = [1, 2, 5, 10];

/** Round numbers that hold all values between them, and the marks on the way, at least `apart`. */
export function axisOf(values: number[], marks = 4, apart = 0): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = most - least || Math.abs(most) || 1;
  const power = 10 ** Math.floor(Math.log10(span / marks));
  const step = Math.max(apart, power * (STEPS.find((size) => size * power * marks >= span) ?? 10));
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(Math.ceil(most / step - 1e-9), first + 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, place) => exact((first + place) * step));
  return { low: exact(first * step), high: exact(last * step), ticks };
}

/** Without the dust of binary fractions, as in 0.30000000000000004. */
function exact(value: number): number {
  return Number(value.toPrecision(12));
}
