export const FILTERS = ['all', 'failed', 'pending'] as const;

export type LogFilter = (typeof FILTERS)[number];

/** What the address of a webhook's page tells; what is usual is left out of it. */
export interface WebhookSearch {
  show?: Exclude<LogFilter, 'all'>;
  delivery?: string;
}

export function webhookSearch(search: Record<string, unknown>): WebhookSearch {
  const show = FILTERS.find((known) => known === search.show);
  return {
    show: show === 'all' ? undefined : show,
    delivery: typeof search.delivery === 'string' ? search.delivery : undefined,
  };
}
