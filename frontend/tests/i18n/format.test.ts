import { describe, expect, it } from 'vitest';
import { formatter } from '~/i18n/format';

const en = formatter('en');

describe('formatter', () => {
  it('writes shares with a narrow space before the sign', () => {
    expect(en.percent(0.9372)).toBe('93.7\u202f%');
    expect(en.percent(0.634, 0)).toBe('63\u202f%');
  });

  it.each([
    [0.2, '1 sec'],
    [40, '40 sec'],
    [89, '89 sec'],
    [240, '4 min'],
    [5_400, '1.5 hr'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(en.duration(seconds)).toBe(text);
  });

  it.each([
    [0, '0 byte'],
    [900, '900 byte'],
    [1_500_000, '1.5 MB'],
    [2_000_000_000, '2 GB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(en.bytes(bytes)).toBe(text);
  });

  it('tells how long ago in the largest unit that fits', () => {
    const now = Date.parse('2026-01-02T12:00:00Z');
    expect(en.ago('2026-01-02T11:59:50Z', now)).toBe('now');
    expect(en.ago('2026-01-02T11:57:00Z', now)).toBe('3 minutes ago');
    expect(en.ago('2026-01-01T12:00:00Z', now)).toBe('yesterday');
    expect(formatter('zh-CN').ago('2026-01-02T11:57:00Z', now)).toBe('3分钟前');
  });
});
