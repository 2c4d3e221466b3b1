import { expect, it } from 'vitest';
import { rounded, type Steady, steadied } from '~/features/jobs/steadyTime';

/** What is shown second by second while the server says `estimates`. */
function shown(estimates: number[]): number[] {
  let steady: Steady | null = null;
  return estimates.map((estimate, second) => {
    steady = steadied(steady, estimate, second * 1000);
    return steady.seconds;
  });
}

it('counts down with the clock while the estimate agrees', () => {
  expect(shown([40, 39, 38, 37])).toEqual([40, 39, 38, 37]);
});

it('never jumps, whatever the server says', () => {
  const times = shown([40, 90, 20, 60, 10, 55, 30, 28, 27]);
  const jumps = times.slice(1).map((time, place) => Math.abs(time - (times[place] ?? 0)));
  expect(Math.max(...jumps)).toBeLessThan(8);
});

it('follows a new estimate within half a minute', () => {
  const times = shown([40, ...Array.from({ length: 30 }, () => 100)]);
  expect(times.at(-1)).toBeGreaterThan(90);
});

it.each([
  [2, 5],
  [23, 25],
  [64, 60],
  [100, 120],
])('shows %d seconds as %d', (seconds, text) => {
  expect(rounded(seconds)).toBe(text);
});
