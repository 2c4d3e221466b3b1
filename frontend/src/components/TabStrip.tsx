import { ScrollArea, Tabs } from '@mantine/core';
import { useEffect, useRef } from 'react';

/** How much of the next tab is seen, so that one knows of it. */
const PEEK = 40;

interface Props<Name extends string> {
  names: readonly Name[];
  active: Name;
  words: (name: Name) => string;
  label?: string;
}

/** The tabs of a page in one line, which scrolls by itself where it is too long; the open one is in sight. */
export function TabStrip<Name extends string>({ names, active, words, label }: Props<Name>) {
  const strip = useRef<HTMLDivElement>(null);
  const place = names.indexOf(active);
  useEffect(() => {
    const tab = strip.current?.querySelectorAll<HTMLElement>('[role=tab]')[place];
    if (!strip.current || !tab) return;
    strip.current.scrollLeft = tab.offsetLeft + tab.offsetWidth + PEEK - strip.current.clientWidth;
  }, [place]);
  return (
    <ScrollArea type="never" mb="md" viewportRef={strip}>
      <Tabs.List style={{ flexWrap: 'nowrap' }} aria-label={label}>
        {names.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {words(name)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </ScrollArea>
  );
}
