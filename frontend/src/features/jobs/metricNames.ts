import type { Format } from '~/i18n/format';
import { isMessageKey, type Translate } from '~/i18n/translate';

const SHARE = /accuracy|f1|precision|recall|exact_match|perplexity_cut|preferred/;

export function isShare(name: string): boolean {
  return SHARE.test(name);
}

/** What a metric is called; one that has no name yet is shown as the trainer calls it. */
export function metricLabel(name: string, t: Translate): string {
  const key = `metric.${name}`;
  return isMessageKey(key) ? t(key) : name.replaceAll('_', ' ');
}

/** A metric as people read it: shares in percent, seconds as a time, tiny numbers in powers of ten. */
export function metricValue(name: string, value: number, format: Format): string {
  if (isShare(name)) return format.percent(value);
  if (name.endsWith('_seconds')) return format.duration(value);
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return format.number(value, Number.isInteger(value) ? 0 : 3);
}
