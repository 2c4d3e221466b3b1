import type { Details, Say, SayingKind } from './sayings';

interface Saying {
  code: string;
  details?: Details;
}

/** What several sentences of the server say together, in the reader's language; else all of its English. */
export function sentences(
  say: Say,
  kind: SayingKind,
  english: string,
  sayings: (Saying | null | undefined)[],
): string {
  const told = sayings.flatMap((saying) => (saying ? say(`${kind}.${saying.code}`, '', saying.details) : []));
  return told.length > 0 && told.every(Boolean) ? told.join('') : english;
}
