import { useEffect, useRef, useState } from 'react';

const SHOWN_MS = 2_000;

/** Puts texts on the clipboard; `copied` for a moment after each. */
export function useCopy() {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (text: string) => {
    const done = await toClipboard(text);
    clearTimeout(timer.current);
    setCopied(done);
    timer.current = setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return { copied, copy: (text: string) => void copy(text) };
}

/** A page that came over plain http from another machine, as within a team it may, has no `navigator.clipboard`. */
async function toClipboard(text: string): Promise<boolean> {
  if (!('clipboard' in navigator)) return bySelection(text);
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => bySelection(text),
  );
}

function bySelection(text: string): boolean {
  const focused = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  Object.assign(area.style, { position: 'fixed', top: '0', opacity: '0' });
  document.body.append(area);
  area.focus({ preventScroll: true });
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}
