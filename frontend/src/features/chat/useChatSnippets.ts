import { useI18n } from '~/i18n/I18nProvider';
import { CHAT_CODE, CHAT_INSTALL, CHAT_LANGUAGES, type ChatCall, type ChatLanguage } from './chatCode';

/** The code that asks a model that writes, in every language. */
export function useChatSnippets(call: ChatCall) {
  const { t } = useI18n();
  return CHAT_LANGUAGES.map((language: ChatLanguage) => ({
    language,
    label: t(`chatCode.${language}`),
    hint: t(`chatCodeHint.${language}`),
    install: CHAT_INSTALL[language],
    code: CHAT_CODE[language](call),
  }));
}
