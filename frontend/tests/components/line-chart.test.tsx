// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { axisOf } from '~/components/axis';
import { LineChart } from '~/components/LineChart';
import { runs, thinned, valueAt } from '~/components/linePoints';

describe('axisOf', () => {
  it.each([
    [
      [0.13, 0.94],
      [0, 0.5, 1],
    ],
    [
      [3, 17],
      [0, 5, 10, 15, 20],
    ],
    [
      [5, 5],
      [4, 6],
    ],
  ])('holds %j between round numbers', (values, some) => {
    const { low, high, ticks } = axisOf(values);
    expect(low).toBeLessThanOrEqual(Math.min(...values));
    expect(high).toBeGreaterThanOrEqual(Math.max(...values));
    for (const tick of some) expect(ticks).toContain(tick);
    expect(ticks.length).toBeLessThanOrEqual(6);
  });

  it.each([
    [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ],
    [
      [1, 1],
      [1, 2],
    ],
    [
      [0, 60],
      [0, 10, 20, 30, 40, 50, 60],
    ],
  ])('tells whole numbers once where they are to be whole: %j', (values, ticks) => {
    expect(axisOf(values, 6, 1).ticks).toEqual(ticks);
  });
});

describe('points', () => {
  const many = Array.from({ length: 5_000 }, (_, x) => ({ x, y: x === 2_500 ? 99 : x % 7 }));

  it('are thinned without losing a peak or their order', () => {
    const few = thinned(many);
    expect(few.length).toBeLessThanOrEqual(600);
    expect(few).toContainEqual({ x: 2_500, y: 99 });
    expect(few.map(({ x }) => x)).toEqual(few.map(({ x }) => x).sort((one, other) => one - other));
  });

  it('are broken where another run begins, and told where somebody points', () => {
    const points = [
      { x: 1, y: 3, run: 0 },
      { x: 2, y: 2, run: 0 },
      { x: 3, y: 9, run: 1 },
    ];
    expect(runs(points).map((run) => run.length)).toEqual([2, 1]);
    expect(valueAt(points, 2.5)).toBe(2);
    expect(valueAt(points, null)).toBe(9);
  });
});

it('names its axes', () => {
  const series = [
    {
      name: 'Training loss',
      points: [
        { x: 1, y: 2 },
        { x: 2, y: 1 },
      ],
    },
  ];
  const same = (value: number) => String(value);
  render(
    <MantineProvider>
      <LineChart
        title="Loss"
        width={400}
        xLabel="step"
        yLabel="loss"
        series={series}
        formatX={same}
        format={same}
      />
    </MantineProvider>,
  );
  const chart = screen.getByRole('img', { name: 'Loss' });
  expect(chart.textContent).toContain('step');
  expect(chart.textContent).toContain('loss');
});
