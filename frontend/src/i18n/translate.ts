import { en } from './en';

/**
 * A text with `{name}` places, or one per plural form where `{count}` decides. Where another number decides a word,
 * the word is a place too: `{rows} {rows:row|rows}`.
 */
export type Message = string | { one: string; other: string };
export type MessageKey = keyof typeof en;
export type Catalogue = Record<MessageKey, Message>;
/** A part of the catalogue in another language. */
export type Translated<Part> = Record<keyof Part, Message>;
export type Values = Record<string, string | number>;
export type Translate = (key: MessageKey, values?: Values) => string;

export const LANGUAGES = { en: 'English', 'zh-CN': '简体中文' } as const;
export type Language = keyof typeof LANGUAGES;

const PLACES = /\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}/g;

export function translator(language: Language, catalogue: Catalogue = en): Translate {
  const numbers = new Intl.NumberFormat(language);
  const plurals = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const message = catalogue[key];
    const text = typeof message === 'string' ? message : message[pluralForm(plurals, values.count)];
    return text.replace(PLACES, (place, name: string, one?: string, other?: string) => {
      const value = values[name];
      if (value === undefined) return place;
      if (one !== undefined && other !== undefined) {
        return pluralForm(plurals, value) === 'one' ? one : other;
      }
      return typeof value === 'number' ? numbers.format(value) : value;
    });
  };
}

function pluralForm(plurals: Intl.PluralRules, count: string | number | undefined): 'one' | 'other' {
  return plurals.select(Number(count ?? 0)) === 'one' ? 'one' : 'other';
}

/** Whether a text that comes from the API, such as a status, has a message of its own. */
export function isMessageKey(key: string): key is MessageKey {
  return key in en;
}
