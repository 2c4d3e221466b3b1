import type { Translate } from '~/i18n/translate';

/** Whether the answers of a column can be learned: they have to differ, and to come again. */
export function answersIn(rows: number, count: number, t: Translate): string {
  if (count < 2) return t('why.labelSame');
  const each = Math.round(rows / count);
  return each < 2 ? t('why.labelOnce', { count }) : t('why.label', { count, each });
}
