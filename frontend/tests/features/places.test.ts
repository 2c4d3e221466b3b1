import { describe, expect, it } from 'vitest';
import type { SearchHit } from '~/api/types';
import { browserName } from '~/features/account/browserName';
import { byType, pageOf } from '~/features/search/places';

const hit = (type: SearchHit['type'], id: string): SearchHit => ({
  type,
  id,
  name: 'a/b c',
  status: null,
  version: 3,
  created_at: '2026-01-02T12:00:00Z',
});

describe('what was found', () => {
  it.each([
    ['dataset', '/datasets/x'],
    ['job', '/jobs/x'],
    ['model', '/models/x/versions/3'],
    ['deployment', '/deployments/a%2Fb%20c'],
  ] as const)('a %s is at %s', (type, page) => {
    expect(pageOf(hit(type, 'x'))).toBe(page);
  });

  it('stands together by type, in the order it came', () => {
    const groups = byType([hit('model', '1'), hit('job', '2'), hit('model', '3')]);
    expect(groups.map(([type, hits]) => [type, hits.map(({ id }) => id)])).toEqual([
      ['model', ['1', '3']],
      ['job', ['2']],
    ]);
  });
});

describe('browserName', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150 Safari/537.36',
      'Chrome · Linux',
    ],
    ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150 Safari/537.36 Edg/150', 'Edge · Windows'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) Version/20 Safari/604', 'Safari · iOS'],
    ['python-httpx/0.28', null],
  ])('%s', (userAgent, name) => {
    expect(browserName(userAgent)).toBe(name);
  });
});
