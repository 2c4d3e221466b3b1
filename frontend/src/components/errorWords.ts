import { ApiError, fieldError } from '~/api/errors';
import type { I18n } from '~/i18n/I18nProvider';
import { isMessageKey } from '~/i18n/translate';

type Reader = Pick<I18n, 't' | 'say' | 'language'>;

export interface ErrorWords {
  /** What happened and what to do next, in the reader's language. */
  sentence: string;
  /** The place: which column, which value, how many; in the reader's language. */
  detail: string | null;
  /** The server's own words, where they know the place and there are none in the reader's language. */
  original: string | null;
}

/** What to tell a person about any error: by its code, else by its status. */
export function errorWords(error: unknown, { t, say, language }: Reader): ErrorWords {
  const only = (sentence: string) => ({ sentence, detail: null, original: null });
  if (!(error instanceof ApiError)) return only(t('error.page'));
  if (error.kind === 'unreachable') return only(t('error.unreachable'));
  const byCode = `errorCode.${error.code}`;
  const byStatus = `errorStatus.${error.status}`;
  const key = [byCode, byStatus].find(isMessageKey);
  const sentence =
    key && isMessageKey(key) ? t(key) : t('error.unexpected', { status: String(error.status) });
  if (language === 'en') return { sentence, detail: error.message || null, original: null };
  const { code, details } = error.saying ?? { code: '', details: {} };
  const said = [say(`error.${code}`, '', details), say(`error.${code}.hint`, '', details)].join('');
  return { sentence, detail: said || null, original: said ? null : error.message || null };
}

/** What to write at a form field that the API names as the one at fault. */
export function fieldWords(error: unknown, field: string, reader: Reader): string | undefined {
  if (fieldError(error, field) === undefined) return undefined;
  const { sentence, detail } = errorWords(error, reader);
  return detail ?? sentence;
}
