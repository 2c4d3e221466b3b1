import { useI18n } from '~/i18n/I18nProvider';
import type { Reading } from './readings';

/** Options of a reading in words: what was asked for, not what was found out. */
export function useReadingWords() {
  const { t } = useI18n();
  return (reading: Reading): string[] => {
    const words: string[] = [];
    if (reading.encoding !== undefined) words.push(t('reading.isEncoding', { encoding: reading.encoding }));
    if (reading.delimiter !== undefined) {
      words.push(
        reading.delimiter === '\t'
          ? t('question.tab')
          : t('question.delimiter', { character: reading.delimiter }),
      );
    }
    if (reading.quote !== undefined) {
      words.push(reading.quote ? t('reading.isQuote', { quote: reading.quote }) : t('reading.noQuote'));
    }
    if (reading.header !== undefined) words.push(t(reading.header ? 'question.header' : 'question.noHeader'));
    if (reading.skip_lines !== undefined) words.push(t('question.skipLines', { count: reading.skip_lines }));
    if (reading.sheet !== undefined) words.push(t('reading.isSheet', { sheet: reading.sheet }));
    return words;
  };
}
