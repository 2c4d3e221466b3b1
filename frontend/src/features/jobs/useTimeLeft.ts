import { useEffect, useRef, useState } from 'react';
import type { Progress } from '~/api/types';
import { rounded, type Steady, steadied } from './steadyTime';

const TICK_MS = 1_000;

/** About how many seconds are left, steady enough to be read; null while nobody knows. */
export function useTimeLeft(progress: Progress | null | undefined): number | null {
  const [shown, setShown] = useState<number | null>(null);
  const steady = useRef<Steady | null>(null);
  const estimate = progress?.eta_seconds ?? null;
  useEffect(() => {
    if (estimate === null) {
      steady.current = null;
      setShown(null);
      return;
    }
    const heard = Date.now();
    const tick = () => {
      const now = Date.now();
      steady.current = steadied(steady.current, Math.max(estimate - (now - heard) / 1000, 0), now);
      setShown(rounded(steady.current.seconds));
    };
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [estimate]);
  return shown;
}
