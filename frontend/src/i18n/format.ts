import type { Language } from './translate';

const NARROW_SPACE = '\u202f';
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
const SECONDS = { day: 86_400, hour: 3_600, minute: 60 } as const;

/** Numbers, times and sizes as a language writes them. */
export interface Format {
  number(value: number, digits?: number): string;
  percent(fraction: number, digits?: number): string;
  bytes(value: number): string;
  duration(seconds: number): string;
  ago(time: string, now?: number): string;
  time(time: string): string;
  day(time: string): string;
  clock(time: string): string;
}

export function formatter(language: Language): Format {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium', hourCycle: 'h23' });
  const number = (value: number, digits = 0) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
  const unit = (value: number, name: string, digits = 0) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value);

  return {
    number,
    percent: (fraction, digits = 1) => `${number(fraction * 100, digits)}${NARROW_SPACE}%`,
    bytes: (value) => {
      const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), BYTE_UNITS.length - 1);
      return unit(value / 1000 ** power, BYTE_UNITS[power] ?? 'byte', power > 1 ? 1 : 0);
    },
    duration: (seconds) => {
      if (seconds < 90) return unit(Math.max(1, Math.round(seconds)), 'second');
      if (seconds < 90 * SECONDS.minute) return unit(Math.round(seconds / SECONDS.minute), 'minute');
      return unit(seconds / SECONDS.hour, 'hour', 1);
    },
    ago: (time, now = Date.now()) => {
      const seconds = (now - Date.parse(time)) / 1000;
      for (const [name, length] of Object.entries(SECONDS)) {
        if (seconds >= length) {
          return relative.format(-Math.floor(seconds / length), name as Intl.RelativeTimeFormatUnit);
        }
      }
      return relative.format(0, 'second');
    },
    time: (time) => exact.format(new Date(time)),
    day: (time) => day.format(new Date(time)),
    clock: (time) => clock.format(new Date(time)),
  };
}
