const TICK_WIDTH = 110;
const LETTER_WIDTH = 7;
const KEY_MARK = 26;
const KEY_GAP = 20;
const KEY_LINE = 20;

/** The smallest of 1, 2, 4, 5, 6, 8 times a power of ten that is not below the value. */
export function niceTop(value: number): number {
  if (value <= 0) return 2;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= value) ?? 10;
  return Math.max(factor * power, 2);
}

export interface Point {
  step: number;
  value: number;
}

/** The stretches without a gap. */
export function runs(values: (number | null)[]): Point[][] {
  const found: Point[][] = [];
  values.forEach((value, step) => {
    if (value === null) return;
    const run = found.at(-1);
    if (run && run.at(-1)?.step === step - 1) run.push({ step, value });
    else found.push([{ step, value }]);
  });
  return found;
}

/** Steps whose time is written below the chart: the first, the last, and as many between as there is room for. */
export function timeTicks(steps: number, width: number): number[] {
  const count = Math.max(2, Math.min(7, Math.floor(width / TICK_WIDTH)));
  return Array.from({ length: count }, (_, number) => Math.round((number * (steps - 1)) / (count - 1)));
}

/** Where the entries of a key stand, broken into lines. */
export function keyPlaces(
  texts: string[],
  width: number,
): { places: { x: number; y: number }[]; lines: number } {
  let [x, line] = [0, 0];
  const places = texts.map((text) => {
    const size = KEY_MARK + text.length * LETTER_WIDTH;
    if (x > 0 && x + size > width) [x, line] = [0, line + 1];
    const place = { x, y: line * KEY_LINE };
    x += size + KEY_GAP;
    return place;
  });
  return { places, lines: line + 1 };
}
