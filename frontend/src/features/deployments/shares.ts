import type { Deployment } from '~/api/types';
import type { Share } from './queries';

const WHOLE = 100;

/** The routes of a deployment as whole percents that add up to 100. */
export function percents(routes: Deployment['routes']): Share[] {
  const sum = routes.reduce((total, { weight }) => total + weight, 0);
  const shares = routes.map(({ model_version_id, weight }) => ({
    model_version_id,
    weight: Math.max(1, Math.round((weight / sum) * WHOLE)),
  }));
  const [largest] = [...shares].sort((a, b) => b.weight - a.weight);
  if (largest) largest.weight += WHOLE - total(shares);
  return shares;
}

export function total(shares: Share[]): number {
  return shares.reduce((sum, { weight }) => sum + weight, 0);
}

/** One more version; it starts with nothing to lose: a tenth, taken from the largest share. */
export function withVersion(shares: Share[], id: string): Share[] {
  const largest = Math.max(...shares.map(({ weight }) => weight));
  const taken = Math.max(1, Math.min(10, Math.floor(largest / 2)));
  const place = shares.findIndex(({ weight }) => weight === largest);
  const rest = shares.map((share, number) =>
    number === place ? { ...share, weight: share.weight - taken } : share,
  );
  return [...rest, { model_version_id: id, weight: taken }];
}

/** One version less; the others share what it had as they shared before. */
export function withoutVersion(shares: Share[], id: string): Share[] {
  const rest = shares.filter(({ model_version_id }) => model_version_id !== id);
  const sum = total(rest);
  const scaled = rest.map((share) => ({
    ...share,
    weight: Math.max(1, Math.floor((share.weight / sum) * WHOLE)),
  }));
  const [first] = scaled;
  if (first) first.weight += WHOLE - total(scaled);
  return scaled;
}
