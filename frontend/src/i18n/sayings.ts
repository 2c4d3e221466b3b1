import type { Language } from './translate';

export type Details = Record<string, string | number | string[] | number[]>;

/** Which kind of sentence a code stands for. */
export type SayingKind =
  | 'finding'
  | 'question'
  | 'column'
  | 'suggestion'
  | 'reason'
  | 'error'
  | 'log'
  | 'estimate'
  | 'fit'
  | 'device'
  | 'split'
  | 'baseModel'
  | 'baseModelOrigin';

/** A sentence of the server in the reader's language; where it has none there, the server's English. */
export type Say = (key: `${SayingKind}.${string}`, english: string, details?: Details) => string;

/** Details that are sayings of their own, such as the reason why a line could not be read. All others are data. */
const NESTED = ['reason', 'kind', 'head', 'method', 'what', 'device'];

/** A part of a sentence in square brackets, which is said only where all of its places can be filled. */
const OPTIONAL = /\[([^[\]]*\{\w+\}[^[\]]*)\]/g;
const PLACE = /\{(\w+)\}/g;

function chosen(template: string, details: Details): string {
  return template.replace(OPTIONAL, (_, part: string) =>
    [...part.matchAll(PLACE)].every(([, name = '']) => name in details) ? part : '',
  );
}

export function sayer(language: Language, sayings: Record<string, string> = {}): Say {
  const numbers = new Intl.NumberFormat(language);
  const word = (value: string | number) => (typeof value === 'number' ? numbers.format(value) : value);
  const fill = (template: string, details: Details): string =>
    chosen(template, details).replace(PLACE, (place, name: string) => {
      const value = details[name];
      if (value === undefined) return place;
      if (Array.isArray(value)) return value.map(word).join('、');
      const inner = NESTED.includes(name) ? sayings[`${name}.${value}`] : undefined;
      return inner ? fill(inner, details) : word(value);
    });
  return (key, english, details = {}) => {
    const template = sayings[key];
    return template === undefined ? english : fill(template, details);
  };
}
