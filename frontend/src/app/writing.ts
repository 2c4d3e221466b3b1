import type { ModelVersion } from '~/api/types';

/** What the model was told in every conversation that it learned from; nothing where that changed from row to row. */
export function systemPromptOf({ hyperparameters }: ModelVersion): string {
  const told = hyperparameters.task === 'text_generation' ? (hyperparameters.system_prompt ?? '') : '';
  return told.includes('{{') ? '' : told;
}

/** Tokens that an answer had at most in the exam; null for a classifier. */
export function answerLengthOf({ hyperparameters }: ModelVersion): number | null {
  return hyperparameters.task === 'text_generation' ? (hyperparameters.answer_length ?? null) : null;
}
