import { ApiError, fieldError } from '~/api/errors';
import { fieldWords } from '~/components/errorWords';
import type { I18n } from '~/i18n/I18nProvider';

const FIELDS = [
  'columns.text',
  'columns.label',
  'columns.prompt',
  'columns.completion',
  'columns.rejected',
  'columns.messages',
  'columns.conversation',
  'columns.author',
  'columns.content',
  'columns.system',
  'columns.split',
  'base_model',
  'name',
  'seed',
  'hyperparameters',
];

/** The message for a field, if a refusal named it; `hyperparameters.epochs` is a field of its own. */
export type ErrorOf = (field: string) => string | undefined;

export function errorsOf(error: unknown, reader: I18n): ErrorOf {
  return (field) => fieldWords(error, field, reader);
}

/** A refusal that no field shows. */
export function unplaced(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  return FIELDS.some((field) => fieldError(error, field) !== undefined) ? null : error;
}
