import { ApiError, fieldError } from '~/api/errors';
import { fieldWords } from '~/components/errorWords';
import type { I18n } from '~/i18n/I18nProvider';
import { type Form, hasQuestion, PARTS, TASK_OF } from './forms';

/** The message for a field, if a refusal named it; `hyperparameters.epochs` is a field of its own. */
export type ErrorOf = (field: string) => string | undefined;

export function errorsOf(error: unknown, reader: I18n): ErrorOf {
  return (field) => fieldWords(error, field, reader);
}

/** The fields that a form has on the screen, but for those under Advanced; with the split where it can be chosen. */
export function fieldsOf(form: Form, split: boolean): string[] {
  return [
    'base_model',
    ...PARTS[form].map(({ role }) => `columns.${role}`),
    ...(split ? ['columns.split'] : []),
    ...(TASK_OF[form] === 'text_generation' ? ['hyperparameters.system_prompt'] : []),
    ...(form === 'lines' ? ['hyperparameters.answering_authors'] : []),
    ...(hasQuestion(form) ? ['hyperparameters.prompt_template'] : []),
  ];
}

/** A refusal that none of these fields shows. */
export function unplaced(error: unknown, fields: string[]): unknown {
  if (!(error instanceof ApiError)) return error;
  return fields.some((field) => fieldError(error, field) !== undefined) ? null : error;
}

/** Leads to the first field that is marked as wrong. */
export function goToFault(): void {
  document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
