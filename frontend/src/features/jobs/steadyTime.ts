/** A time left as it is shown, at one moment. */
export interface Steady {
  seconds: number;
  at: number;
}

/** How fast the shown time follows a new estimate: after so many seconds, about two thirds of the way. */
const FOLLOW_SECONDS = 8;

/** Counts down with the clock and glides towards the estimate, so that it neither jumps nor stands still. */
export function steadied(previous: Steady | null, estimate: number, now: number): Steady {
  if (previous === null) return { seconds: estimate, at: now };
  const elapsed = Math.max(now - previous.at, 0) / 1000;
  const counted = Math.max(previous.seconds - elapsed, 0);
  const pull = 1 - Math.exp(-elapsed / FOLLOW_SECONDS);
  return { seconds: counted + (estimate - counted) * pull, at: now };
}

/** As exact as an estimate may claim to be: by 5 seconds, then 10, then by the minute. */
export function rounded(seconds: number): number {
  if (seconds < 30) return Math.max(5, Math.round(seconds / 5) * 5);
  if (seconds < 90) return Math.round(seconds / 10) * 10;
  return Math.round(seconds / 60) * 60;
}
