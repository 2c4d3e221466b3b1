import { describe, expect, it } from 'vitest';
import { cells, fitted, mixedUp, mostConfused, neighbour } from '~/features/models/confusion';

const evaluation = {
  labels: ['a', 'b', 'c', 'd'],
  confusion: [
    [8, 0, 2, 0],
    [0, 5, 0, 0],
    [1, 0, 0, 3],
    [0, 0, 0, 0],
  ],
};

describe('cells of the confusion matrix', () => {
  it('are those that have rows, with their share of the class', () => {
    expect(cells(evaluation).map(({ label, predicted, share }) => [label, predicted, share])).toEqual([
      ['a', 'a', 0.8],
      ['a', 'c', 0.2],
      ['b', 'b', 1],
      ['c', 'a', 0.25],
      ['c', 'd', 0.75],
    ]);
  });

  it('of mistakes come with the largest first', () => {
    expect(mixedUp(evaluation).map(({ label, predicted }) => label + predicted)).toEqual(['cd', 'ac', 'ca']);
  });

  it('choose the classes that are mixed up the most, in the order of the labels', () => {
    expect(mostConfused(evaluation, 3)).toEqual(['a', 'c', 'd']);
    expect(mostConfused(evaluation, 2)).toEqual(['c', 'd']);
    expect(
      mostConfused(
        {
          labels: ['a', 'b'],
          confusion: [
            [1, 0],
            [0, 1],
          ],
        },
        2,
      ),
    ).toEqual(['a', 'b']);
  });

  it('are all reached by the arrow keys', () => {
    const found = cells(evaluation);
    const go = (from: number, direction: Parameters<typeof neighbour>[3]) =>
      neighbour(found, evaluation.labels, from, direction);
    expect(go(0, 'ArrowRight')).toBe(1);
    expect(go(0, 'ArrowLeft')).toBe(0);
    expect(go(1, 'ArrowDown')).toBe(2);
    expect(go(2, 'ArrowDown')).toBe(3);
    expect(go(4, 'ArrowUp')).toBe(2);
    expect(go(4, 'ArrowDown')).toBe(4);
    expect([go(2, 'Home'), go(2, 'End')]).toEqual([0, 4]);
  });
});

it('cuts names to the room they have', () => {
  expect(fitted('billing', 100, 12)).toBe('billing');
  expect(fitted('wrong_exchange_rate', 60, 12)).toBe('wrong_…');
  expect(fitted('现金取款的汇率错误', 60, 12)).toBe('现金取款…');
});
