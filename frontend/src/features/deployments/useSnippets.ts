import { useI18n } from '~/i18n/I18nProvider';
import type { Snippet } from './CallExamples';
import { type Call, EXAMPLES, INSTALL, LANGUAGES, type SnippetLanguage } from './examples';

/** The code that asks a classifier, in every language. */
export function useSnippets(call: Call): Snippet<SnippetLanguage>[] {
  const { t } = useI18n();
  return LANGUAGES.map((language) => ({
    language,
    label: t(`code.${language}`),
    hint: t(`codeHint.${language}`),
    install: INSTALL[language],
    code: EXAMPLES[language](call),
  }));
}
