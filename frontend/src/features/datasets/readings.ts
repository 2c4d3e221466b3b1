import type { Question, ReadingOptions } from '~/api/types';

/** How a file is to be read, as the API takes it: what is not given is found out. */
export type Reading = { [Name in keyof ReadingOptions]?: NonNullable<ReadingOptions[Name]> };

/** What was asked for in an earlier reading. */
export function readingOf(options: ReadingOptions): Reading {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as Reading;
}

/** The reading with one question answered. */
export function answered(reading: Reading, { code }: Question, answer: string): Reading {
  switch (code) {
    case 'header':
      return { ...reading, header: answer === 'true' };
    case 'comment':
      return { ...reading, skip_lines: Number(answer) };
    case 'encoding':
      return { ...reading, encoding: answer };
    case 'delimiter':
      return { ...reading, delimiter: answer };
  }
}
