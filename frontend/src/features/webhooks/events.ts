import type { WebhookEvent } from '~/api/types';

/** What a webhook can be told of, in the order in which it is offered. */
export const EVENTS = [
  'job.succeeded',
  'job.failed',
  'job.cancelled',
  'job.paused',
  'deployment.ready',
  'deployment.changed',
  'deployment.failed',
] as const satisfies WebhookEvent[];

/** What most want to know: what has come to an end by itself. */
export const USUAL: WebhookEvent[] = [
  'job.succeeded',
  'job.failed',
  'deployment.ready',
  'deployment.changed',
  'deployment.failed',
];
