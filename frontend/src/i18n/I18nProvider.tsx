import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { type Format, formatter } from './format';
import { type Say, sayer } from './sayings';
import { LANGUAGES, type Language, type Translate, translator } from './translate';
import { type Described, ENGLISH, loadWords, type Words } from './words';

const STORAGE_KEY = 'tuneyard.language';

export interface I18n {
  language: Language;
  setLanguage(language: Language): void;
  t: Translate;
  say: Say;
  format: Format;
  /** What a hyperparameter of a task is called and does; without a translation as the server describes it. */
  describe(task: string, hyperparameter: string, english: Described): Described;
}

const I18nContext = createContext<I18n | null>(null);

/** Shows nothing until the words of the language are there. */
export function I18nProvider({ children }: { children: ReactNode }) {
  const [{ language, words }, setState] = useState(firstWords);
  const load = useCallback(async (language: Language) => {
    const words = await loadWords(language);
    setState({ language, words });
  }, []);
  // The page stays in the old language until the words of the new one are there.
  const setLanguage = useCallback(
    (chosen: Language) => {
      localStorage.setItem(STORAGE_KEY, chosen);
      void load(chosen);
    },
    [load],
  );
  useEffect(() => {
    if (words === null) void load(language);
  }, [language, words, load]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo(
    () =>
      words && {
        language,
        setLanguage,
        t: translator(language, words.catalogue),
        say: sayer(language, words.sayings),
        format: formatter(language),
        describe: (task: string, name: string, english: Described) =>
          words.hyperparameters[task]?.[name] ?? english,
      },
    [language, words, setLanguage],
  );
  return value && <I18nContext value={value}>{children}</I18nContext>;
}

/** The words and number formats of the language in use, and the switch to another. */
export function useI18n(): I18n {
  const value = use(I18nContext);
  if (value === null) throw new Error('useI18n needs an I18nProvider around it.');
  return value;
}

function firstWords(): { language: Language; words: Words | null } {
  const language = initialLanguage();
  return { language, words: language === 'en' ? ENGLISH : null };
}

/** What this browser remembers, else what it asks for. */
function initialLanguage(): Language {
  const remembered = localStorage.getItem(STORAGE_KEY);
  if (remembered !== null && remembered in LANGUAGES) return remembered as Language;
  return navigator.language.startsWith('zh') ? 'zh-CN' : 'en';
}
