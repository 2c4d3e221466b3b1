import type { ReactNode } from 'react';
import { useCopy } from './useCopy';

interface Props {
  value: string;
  children: (state: { copied: boolean; copy: () => void }) => ReactNode;
}

/** Whatever copies a text when it is clicked, and shows that it did. */
export function CopyButton({ value, children }: Props) {
  const { copied, copy } = useCopy();
  return children({ copied, copy: () => copy(value) });
}
