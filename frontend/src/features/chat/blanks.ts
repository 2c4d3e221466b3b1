const BLANK = /\{\{.*?\}\}/s;
const BLANKS = /(\{\{.*?\}\})/s;

/** A template cut at its blanks: each second part is one. */
export function partsOf(template: string): string[] {
  return template.split(BLANKS);
}

/** Where the first blank of a text is, if it has one. */
export function blankIn(text: string): [number, number] | null {
  const found = BLANK.exec(text);
  return found && [found.index, found.index + found[0].length];
}

/** The template to go on with; what was written before is in its last blank, where long texts stand. */
export function begunBy(template: string, written: string): string {
  const parts = partsOf(template);
  const [before = ''] = parts;
  const blank = parts.at(-2);
  const begun = blankIn(written) !== null || (before !== '' && written.startsWith(before));
  if (begun) return written;
  return written.trim() === '' || blank === undefined ? template : template.replaceAll(blank, () => written);
}
