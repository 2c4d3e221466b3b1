import { describe, expect, it } from 'vitest';
import { en } from '~/i18n/en';
import { type Message, translator } from '~/i18n/translate';
import { zhCN } from '~/i18n/zh-CN';
import { sources } from '../sources';

/** A number and a plural after it, perhaps with a word between them. */
const PLURAL = /\{(\w+)\} (?:[a-z]+ )?([a-z]+s)\b/g;

function places(message: Message): string[] {
  const text = typeof message === 'string' ? message : message.other;
  return [...new Set(text.match(/\{\w+\}/g))].sort();
}

describe('the message catalogues', () => {
  it('have the same keys', () => {
    expect(Object.keys(zhCN).sort()).toEqual(Object.keys(en).sort());
  });

  it('have the same places in every message, and no empty one', () => {
    for (const [key, message] of Object.entries(en)) {
      const other = zhCN[key as keyof typeof en];
      expect(places(other), key).toEqual(places(message));
      expect(JSON.stringify(message).length, key).toBeGreaterThan(2);
      expect(JSON.stringify(other).length, key).toBeGreaterThan(2);
    }
  });

  it('have no “1 rows”: a plural after a number follows that number', () => {
    // What ends in s after a number without being a plural.
    const singular = ['is', 'was', 'has', 'as', 'its', 'goes', 'class', 'ms'];
    const wrong = Object.entries(en).flatMap(([key, message]) => {
      const { one, other } = typeof message === 'string' ? { one: message, other: '' } : message;
      const found = [
        ...one.matchAll(PLURAL),
        ...[...other.matchAll(PLURAL)].filter(([, name]) => name !== 'count'),
      ];
      return found.filter(([, , word = '']) => !singular.includes(word)).map(([text]) => `${key}: ${text}`);
    });
    expect(wrong).toEqual([]);
  });

  it('have no message that nothing uses', () => {
    const text = sources()
      .filter(({ path }) => !path.startsWith('i18n/'))
      .map((source) => source.text)
      .join('\n');
    const unused = Object.keys(en).filter((key) => {
      const [family, name] = key.split('.');
      return !text.includes(`'${family}.${name}'`) && !text.includes(`\`${family}.\${`);
    });
    expect(unused).toEqual([]);
  });
});

describe('translator', () => {
  it('chooses the plural form and writes numbers as the language does', () => {
    const t = translator('en');
    expect(t('datasets.rowCount', { count: 1 })).toBe('1 row');
    expect(t('datasets.rowCount', { count: 4112 })).toBe('4,112 rows');
    expect(translator('zh-CN', zhCN)('datasets.rowCount', { count: 1 })).toBe('1 行');
  });

  it('lets each number decide about its own word', () => {
    const t = translator('en');
    expect(t('job.datasetVersion', { number: 3, rows: 1 })).toBe('Version 3, 1 row');
    expect(t('job.datasetVersion', { number: 1, rows: 4112 })).toBe('Version 1, 4,112 rows');
    expect(t('compare.points', { points: '+1' })).toBe('+1 point');
    expect(t('compare.points', { points: '+7.5' })).toBe('+7.5 points');
  });

  it('leaves values alone that look like places', () => {
    expect(translator('en')('upload.sending', { name: '{name}$&.csv' })).toBe('Sending “{name}$&.csv”');
  });
});
