import { useEffect, useRef, useState } from 'react';
import { type Choices, choicesIn } from './choices';

/**
 * The choices as they are now. The address takes them up a moment later, which is too late for somebody who types; a
 * change of the address that did not come from here, such as going back, counts again.
 */
export function useChoices(
  inAddress: Choices,
  toAddress: (changed: Choices) => void,
): [Choices, (changed: Choices) => void] {
  const [choices, setChoices] = useState(inAddress);
  const now = useRef(inAddress);
  const sent = useRef(new Set<string>());
  const text = JSON.stringify(inAddress);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address counts where it says something new
  useEffect(() => {
    if (sent.current.has(text)) return;
    sent.current.clear();
    now.current = inAddress;
    setChoices(inAddress);
  }, [text]);
  const choose = (changed: Choices) => {
    now.current = { ...now.current, ...changed };
    sent.current.add(JSON.stringify(choicesIn({ ...now.current })));
    setChoices(now.current);
    toAddress(changed);
  };
  return [choices, choose];
}
