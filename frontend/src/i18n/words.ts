import { en } from './en';
import type { Catalogue, Language } from './translate';

export interface Described {
  title: string;
  description: string;
}

/** Everything that is said in a language: our own messages, and what the server says by code or by name. */
export interface Words {
  catalogue: Catalogue;
  sayings: Record<string, string>;
  /** By task and name. */
  hyperparameters: Record<string, Record<string, Described>>;
}

/** The server says what it has to say in English itself. */
export const ENGLISH: Words = { catalogue: en, sayings: {}, hyperparameters: {} };

/** The words of a language; those that most readers do not read are fetched when they are wanted. */
export async function loadWords(language: Language): Promise<Words> {
  if (language === 'en') return ENGLISH;
  try {
    return (await import('./words.zh-CN')).CHINESE;
  } catch {
    // A page in English is better than none.
    return ENGLISH;
  }
}
