import { describe, expect, it } from 'vitest';
import { signedPoints } from '~/components/signedPoints';
import { formatter } from '~/i18n/format';

describe('signedPoints', () => {
  it.each([
    [0.0752, '+7.5'],
    [-0.012, '−1.2'],
    [0, '0'],
    [-0.0001, '0'],
  ])('writes a difference of %d as %s', (difference, points) => {
    expect(signedPoints(difference, formatter('en'))).toBe(points);
  });
});
