import { describe, expect, it } from 'vitest';
import { CATALOGUES, type Message, translator } from '~/i18n/translate';
import { sources } from '../sources';

const { en, 'zh-CN': zhCN } = CATALOGUES;

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
    expect(translator('zh-CN')('datasets.rowCount', { count: 1 })).toBe('1 行');
  });

  it('leaves values alone that look like places', () => {
    expect(translator('en')('upload.sending', { name: '{name}$&.csv' })).toBe('Sending “{name}$&.csv”');
  });
});
