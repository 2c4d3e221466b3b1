import { ApiError, fieldError } from '~/api/errors';
import { isMessageKey, type Language, type Translate } from '~/i18n/translate';

export interface ErrorWords {
  /** What happened and what to do next, in the reader's language. */
  sentence: string;
  /** The server's own words, which know the place. */
  detail: string | null;
}

/** What to tell a person about any error: by its code, else by its status. */
export function errorWords(error: unknown, t: Translate): ErrorWords {
  if (!(error instanceof ApiError)) return { sentence: t('error.page'), detail: null };
  if (error.kind === 'unreachable') return { sentence: t('error.unreachable'), detail: null };
  const byCode = `errorCode.${error.code}`;
  const byStatus = `errorStatus.${error.status}`;
  const key = [byCode, byStatus].find(isMessageKey);
  const sentence =
    key && isMessageKey(key) ? t(key) : t('error.unexpected', { status: String(error.status) });
  return { sentence, detail: error.message || null };
}

/** What to write at a form field that the API names as the one at fault. */
export function fieldWords(
  error: unknown,
  field: string,
  t: Translate,
  language: Language,
): string | undefined {
  const message = fieldError(error, field);
  if (message === undefined) return undefined;
  // The server's own words know the names and the numbers, in English.
  return language === 'en' ? message : errorWords(error, t).sentence;
}
