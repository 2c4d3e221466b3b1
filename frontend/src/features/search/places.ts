import type { SearchHit } from '~/api/types';

/** The page of a thing that was found. */
export function pageOf({ type, id, name, version }: SearchHit): string {
  switch (type) {
    case 'dataset':
      return `/datasets/${id}`;
    case 'job':
      return `/jobs/${id}`;
    case 'model':
      return `/models/${id}/versions/${version}`;
    case 'deployment':
      return `/deployments/${encodeURIComponent(name)}`;
  }
}

/** Hits in the order they came, those of a type together. */
export function byType(hits: SearchHit[]): [SearchHit['type'], SearchHit[]][] {
  const groups = new Map<SearchHit['type'], SearchHit[]>();
  for (const hit of hits) groups.set(hit.type, [...(groups.get(hit.type) ?? []), hit]);
  return [...groups];
}
