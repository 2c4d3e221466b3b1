import { Fragment } from 'react';

/** Names of columns and classes are often one long word: after these a line may end. */
const JOINTS = /(?<=[_\-./:])/;

/** A name that may break where its parts meet. */
export function Breakable({ text }: { text: string }) {
  const parts = text.split(JOINTS);
  return parts.map((part, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts may be alike, and never move.
    <Fragment key={place}>
      {place > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
