import type { Point } from './LineChart';

const MOST_DRAWN = 600;

/** Few enough points to draw: of every stretch the lowest and the highest, so that no peak is lost. */
export function thinned(points: Point[], most = MOST_DRAWN): Point[] {
  if (points.length <= most) return points;
  const stretch = Math.ceil((points.length * 2) / most);
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const part = points.slice(start, start + stretch).sort((one, other) => one.y - other.y);
    const ends = [part[0], part.length > 1 ? part.at(-1) : undefined].filter((point) => point !== undefined);
    kept.push(...ends.sort((one, other) => one.x - other.x));
  }
  return kept;
}

/** The stretches of a line between its breaks. */
export function runs(points: Point[]): Point[][] {
  const found: Point[][] = [];
  for (const point of points) {
    const current = found.at(-1);
    if (current && current[0]?.run === point.run) current.push(point);
    else found.push([point]);
  }
  return found;
}

/** The value where somebody points, or the last before it; the newest where nobody does. */
export function valueAt(points: Point[], x: number | null): number {
  const known = x === null ? points : points.filter((point) => point.x <= x);
  return (known.at(-1) ?? points[0])?.y ?? 0;
}
