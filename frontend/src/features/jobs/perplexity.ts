import type { MetricPoint } from './liveJob';

export interface Perplexity {
  /** Among how many equally likely tokens the model chose at the first look, as it were. */
  first: number;
  now: number;
}

/**
 * The perplexity on rows that were set aside, at the first look and at the newest; nothing before there is one, or where
 * it is told which of two answers is better.
 */
export function perplexityOf(points: MetricPoint[]): Perplexity | undefined {
  const losses = points.flatMap(
    ({ values: { validation_loss: loss, validation_preference_accuracy: preference } }) =>
      loss === undefined || preference !== undefined ? [] : [loss],
  );
  const [first, now] = [losses[0], losses.at(-1)];
  return first === undefined || now === undefined
    ? undefined
    : { first: Math.exp(first), now: Math.exp(now) };
}
