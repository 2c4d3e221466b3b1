import { describe, expect, it } from 'vitest';
import { sinceVersionBefore } from '~/features/models/sinceVersionBefore';

const interval = (value: number, low: number, high: number) => ({ value, low, high });

function against(difference: ReturnType<typeof interval>, possibly_seen = 0) {
  return {
    baselines: [
      {
        kind: 'previous_version' as const,
        name: 'version 1',
        accuracy: interval(0.8, 0.7, 0.9),
        macro_f1: 0.8,
        difference,
        possibly_seen,
      },
    ],
  };
}

describe('sinceVersionBefore', () => {
  it('calls better or worse only what chance does not explain', () => {
    expect(sinceVersionBefore(against(interval(0.05, 0.01, 0.09)))?.level).toBe('better');
    expect(sinceVersionBefore(against(interval(-0.05, -0.09, -0.01)))?.level).toBe('worse');
    expect(sinceVersionBefore(against(interval(0.05, -0.01, 0.11)))?.level).toBe('similar');
  });

  it('says nothing where the version before may know the exam, or there is none', () => {
    expect(sinceVersionBefore(against(interval(-0.1, -0.15, -0.05), 86))).toBeUndefined();
    expect(sinceVersionBefore({ baselines: [] })).toBeUndefined();
  });
});
