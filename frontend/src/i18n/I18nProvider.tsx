import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { type Format, formatter } from './format';
import { type Say, sayer } from './sayings';
import { LANGUAGES, type Language, type Translate, translator } from './translate';

const STORAGE_KEY = 'tuneyard.language';

interface I18n {
  language: Language;
  setLanguage(language: Language): void;
  t: Translate;
  say: Say;
  format: Format;
}

const I18nContext = createContext<I18n | null>(null);

export function I18nProvider({ children }: { children: ReactNode }) {
  const [language, setState] = useState<Language>(initialLanguage);
  const setLanguage = useCallback((chosen: Language) => {
    localStorage.setItem(STORAGE_KEY, chosen);
    setState(chosen);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo(
    () => ({
      language,
      setLanguage,
      t: translator(language),
      say: sayer(language),
      format: formatter(language),
    }),
    [language, setLanguage],
  );
  return <I18nContext value={value}>{children}</I18nContext>;
}

/** The words and number formats of the language in use, and the switch to another. */
export function useI18n(): I18n {
  const value = use(I18nContext);
  if (value === null) throw new Error('useI18n needs an I18nProvider around it.');
  return value;
}

function initialLanguage(): Language {
  const remembered = localStorage.getItem(STORAGE_KEY);
  if (remembered !== null && remembered in LANGUAGES) return remembered as Language;
  return navigator.language.startsWith('zh') ? 'zh-CN' : 'en';
}
