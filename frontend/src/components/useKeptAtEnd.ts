import { useEffect, useRef } from 'react';

const NEAR_END_PX = 40;

/**
 * For a box of lines that become more: stays at their end whenever `grown` changes, unless somebody scrolled up to read;
 * where `begun` changes, it goes there in any case.
 */
export function useKeptAtEnd(grown: unknown, begun?: unknown) {
  const ref = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const known = useRef(begun);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scroll after whatever is new
  useEffect(() => {
    if (known.current !== begun) atEnd.current = true;
    known.current = begun;
    if (ref.current && atEnd.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [grown, begun]);
  const onScroll = () => {
    if (!ref.current) return;
    const { scrollHeight, scrollTop, clientHeight } = ref.current;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  };
  return { ref, onScroll };
}
