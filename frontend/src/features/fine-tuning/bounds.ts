import type { SettingSchema } from './queries';

/** Between which numbers a setting may lie: `1 – 50`, `> 0 – 0.1`. */
export function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: SettingSchema): string {
  const low = exclusiveMinimum === undefined ? String(minimum ?? '') : `> ${exclusiveMinimum}`;
  const high = exclusiveMaximum === undefined ? String(maximum ?? '') : `< ${exclusiveMaximum}`;
  return `${low} – ${high}`;
}

export function isOutside(value: number, schema: SettingSchema): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  return (
    (minimum !== undefined && value < minimum) ||
    (maximum !== undefined && value > maximum) ||
    (exclusiveMinimum !== undefined && value <= exclusiveMinimum) ||
    (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
  );
}
