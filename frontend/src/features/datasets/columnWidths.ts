import type { ColumnProfile } from '~/api/types';

const NARROWEST = 96;
const WIDEST = 380;
/** A long name over short cells is cut; it is shown in full on hover. */
const WIDEST_NAME = 180;
const CHAR = 8;
/** Of a Chinese, Japanese or Korean character, compared with a Latin one. */
const WIDE_CHAR = 1.9;
const PADDING = 28;
const WIDE = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/;

/** How wide each column is shown, from how long its cells are; the widest ones take what is left of `available`. */
export function columnWidths(columns: ColumnProfile[], available: number): number[] {
  const widths = columns.map(({ name, lengths, examples }) => {
    const char = examples.some((example) => WIDE.test(example)) ? CHAR * WIDE_CHAR : CHAR;
    const cell = Math.max((lengths?.p95 ?? 0) * char, Math.min(name.length * CHAR, WIDEST_NAME));
    return Math.round(Math.min(WIDEST, Math.max(NARROWEST, cell + PADDING)));
  });
  const left = available - widths.reduce((sum, width) => sum + width, 0);
  if (left <= 0 || widths.length === 0) return widths;
  const widest = Math.max(...widths);
  const share = Math.floor(left / widths.filter((width) => width === widest).length);
  return widths.map((width) => (width === widest ? width + share : width));
}
