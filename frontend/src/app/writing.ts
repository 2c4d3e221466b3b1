import type { ModelVersion } from '~/api/types';
import type { Taught } from '~/features/chat/settings';

/** What the model was told and asked in what it learned from; told nothing where that changed from row to row. */
export function taughtOf({ hyperparameters, decoding }: ModelVersion): Taught {
  const taught = hyperparameters.task === 'text_generation' ? hyperparameters : null;
  const told = taught?.system_prompt ?? '';
  return { system: told.includes('{{') ? '' : told, template: taught?.prompt_template ?? '', decoding };
}

/** Tokens that an answer had at most in the exam; null for a classifier. */
export function answerLengthOf({ hyperparameters }: ModelVersion): number | null {
  return hyperparameters.task === 'text_generation' ? (hyperparameters.answer_length ?? null) : null;
}
