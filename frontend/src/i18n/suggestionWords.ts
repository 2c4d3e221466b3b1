import type { Details, Say } from './sayings';

interface Suggestion {
  suggestion_reason: string;
  suggestion_reasons: { code: string; details?: Details }[];
}

/** Why these columns were suggested, or what is missing, in the reader's language. */
export function suggestionWords({ suggestion_reason, suggestion_reasons }: Suggestion, say: Say): string {
  const [because] = suggestion_reasons;
  return because ? say(`suggestion.${because.code}`, suggestion_reason, because.details) : suggestion_reason;
}
