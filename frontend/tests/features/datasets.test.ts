import { describe, expect, it } from 'vitest';
import type { ColumnProfile, Question } from '~/api/types';
import { columnWidths } from '~/features/datasets/columnWidths';
import { answered, readingOf } from '~/features/datasets/readings';
import { datasetSearch } from '~/features/datasets/search';

function column(name: string, p95: number, examples: string[] = []): ColumnProfile {
  return { name, examples, lengths: { p95 } } as unknown as ColumnProfile;
}

describe('the address of a dataset', () => {
  it('keeps what makes sense and drops the rest', () => {
    expect(datasetSearch({ tab: 'report', version: 2, finding: 0, row: 412, reading: true })).toEqual({
      tab: 'report',
      version: 2,
      finding: 0,
      row: 412,
      reading: true,
    });
    const dropped = datasetSearch({ tab: 'x', version: 0, finding: -1, row: 1.5, reading: 'yes' });
    expect(Object.values(dropped).filter((value) => value !== undefined)).toEqual([]);
  });
});

describe('answering a question', () => {
  it('keeps what was asked for before', () => {
    const options = {
      encoding: 'gb18030',
      delimiter: null,
      header: null,
      quote: '',
      sheet: null,
      skip_lines: null,
    };
    const question = { code: 'header' } as Question;
    expect(answered(readingOf(options), question, 'false')).toEqual({
      encoding: 'gb18030',
      quote: '',
      header: false,
    });
  });

  it.each([
    ['comment', '2', { skip_lines: 2 }],
    ['encoding', 'big5', { encoding: 'big5' }],
    ['delimiter', '\t', { delimiter: '\t' }],
  ] as const)('%s becomes an option', (code, answer, reading) => {
    expect(answered({}, { code } as Question, answer)).toEqual(reading);
  });
});

describe('widths of columns', () => {
  it('follow the cells within bounds, and give what is left to the widest', () => {
    const [id, text] = columnWidths([column('id', 2), column('text', 500)], 800);
    expect(id).toBe(96);
    expect((id ?? 0) + (text ?? 0)).toBe(800);
    expect(columnWidths([column('a', 2), column('b', 2)], 0)).toEqual([96, 96]);
  });

  it('take wide characters for wide', () => {
    const [latin, chinese] = columnWidths([column('a', 20, ['text']), column('b', 20, ['文本'])], 0);
    expect(chinese).toBeGreaterThan(latin ?? 0);
  });
});
