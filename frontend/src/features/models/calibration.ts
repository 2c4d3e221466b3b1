import type { Calibration } from '~/api/types';

/** Below this many rows even honest scores look a few points off. */
export const FEW_ROWS = 500;
const CLOSE = 0.03;
const FAR = 0.1;

export type CalibrationKind = 'close' | 'tooSure' | 'tooShy' | 'farTooSure' | 'farTooShy';

/** Whether scores can be taken at their word, else which way they are off, and whether by much. */
export function calibrationKind({ expected_error: error, bins }: Calibration): CalibrationKind {
  if (error < CLOSE) return 'close';
  const surplus = bins.reduce((sum, bin) => sum + bin.count * (bin.confidence - bin.accuracy), 0);
  if (surplus > 0) return error < FAR ? 'tooSure' : 'farTooSure';
  return error < FAR ? 'tooShy' : 'farTooShy';
}
