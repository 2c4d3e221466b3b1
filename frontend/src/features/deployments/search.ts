import type { TrafficPeriod } from '~/api/types';
import { LANGUAGES, type SnippetLanguage } from './examples';

export const TABS = ['playground', 'code', 'batch', 'traffic', 'history'] as const;
export const PERIODS = ['hour', 'day', 'week', 'month'] as const satisfies TrafficPeriod[];

export type DeploymentTab = (typeof TABS)[number];

/** What the address of a deployment's page tells; what is usual is left out of it. */
export interface DeploymentSearch {
  tab?: Exclude<DeploymentTab, 'playground'>;
  language?: SnippetLanguage;
  period?: TrafficPeriod;
}

export function deploymentSearch(search: Record<string, unknown>): DeploymentSearch {
  const tab = TABS.find((known) => known === search.tab);
  return {
    tab: tab === 'playground' ? undefined : tab,
    language: LANGUAGES.find((known) => known === search.language),
    period: PERIODS.find((known) => known === search.period),
  };
}
