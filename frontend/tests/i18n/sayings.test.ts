import { describe, expect, it } from 'vitest';
import { sayer } from '~/i18n/sayings';
import { sentences } from '~/i18n/sentences';
import { sayingsZhCN } from '~/i18n/zh-CN/sayings';

const say = sayer('zh-CN', sayingsZhCN);

describe('what the server says', () => {
  it('stays as it is in English, and where there is no translation', () => {
    expect(sayer('en')('finding.blank_rows', '3 blank rows were skipped.', { count: 3 })).toBe(
      '3 blank rows were skipped.',
    );
    expect(say('finding.something_new', 'Something new.')).toBe('Something new.');
  });

  it('is said in Chinese with its numbers, names and lists', () => {
    expect(say('finding.missing_label', '', { column: 'label', count: 4112 })).toBe(
      '“label”中有 4,112 行没有标签。',
    );
    expect(say('finding.nul_characters', '', { lines: [3, 17] })).toBe('第 3、17 行的 NUL 字符已删除。');
  });

  it('translates a reason inside of another sentence, with the same details', () => {
    const details = { line: 412, reason: 'wrong_width', cells: 3, expected: 2 };
    expect(say('error.no_readable_row', '', details)).toBe(
      '没有一行能读取。第 412 行：有 3 个单元格，应为 2 个。',
    );
    expect(say('error.not_a_table', '', { kind: 'a PNG image' })).toBe('该文件是 PNG 图片，不是表格。');
    expect(say('log.teaching_head', '', { head: 'linear head', rows: 2700 })).toBe(
      '用不留作考试的全部 2,700 行训练线性分类头。',
    );
  });

  it('says where in the file a row is only where that is known', () => {
    const details = { row: 12, reason: 'no_completion' };
    expect(say('log.row_left_out', '', details)).toBe('略过了第 12 行。没有回答。');
    expect(say('log.row_left_out', '', { ...details, line: 47 })).toBe(
      '略过了第 12 行（文件第 47 行）。没有回答。',
    );
    expect(say('log.row_left_out', '', { ...details, sheet_row: 13 })).toBe(
      '略过了第 12 行（工作表第 13 行）。没有回答。',
    );
    expect(say('log.row_left_out', '', { ...details, line: 47, others: 5 })).toBe(
      '略过了第 12 行（文件第 47 行），以及同一段对话的另外 5 行。没有回答。',
    );
    const several = { ...details, count: 2, line: 47, lines: [47, 1051] };
    expect(say('finding.not_a_conversation', '', several)).toBe(
      '有 2 行（文件第 47、1,051 行）无法用于学习。第 12 行（文件第 47 行）：没有回答。',
    );
    const cut = { cut: 1, conversations: 29, tokens: 96, rows: [1] };
    expect(say('log.conversations_cut', '', { ...cut, line: 2 })).toBe(
      '29 段对话中有 1 段在 96 个词元处截断，见第 1 行（文件第 2 行）。',
    );
    expect(say('log.conversations_cut', '', { ...cut, cut: 2, rows: [1, 4], sheet_rows: [2, 5] })).toBe(
      '29 段对话中有 2 段在 96 个词元处截断，见第 1、4 行（工作表第 2、5 行）。',
    );
    expect(say('error.bitsandbytes_missing.hint', '')).toContain('tuneyard[qlora]');
  });

  it('is said together, or in English where a sentence of it is not known', () => {
    const because = [
      { code: 'encoder_brought_nothing' },
      { code: 'fewer_layers', details: { layers: 4, all: 6 } },
    ];
    expect(sentences(say, 'log', 'In English.', because)).toBe(
      '训练编码器并不比仅用分类头更好，因此只用分类头。只用基础模型 6 层中的前 4 层，比用全部层更能区分各个类别。',
    );
    expect(sentences(say, 'log', 'In English.', [...because, { code: 'brand_new' }])).toBe('In English.');
    expect(sentences(sayer('en'), 'log', 'In English.', because)).toBe('In English.');
    expect(sentences(say, 'split', 'all of them', [null])).toBe('all of them');
  });

  it('says what a job computes on inside of a line', () => {
    const details = { texts: 540, device: 'processors_precisely', threads: 2, precision: 'float32' };
    expect(say('log.reading_texts', '', details)).toBe(
      '用基础模型读取 540 条文本（CPU，2 个线程，float32）。',
    );
  });

  it('takes the name of a column for a name, also where it is a code elsewhere', () => {
    expect(say('error.split_without_train', '', { column: 'split' })).toBe(
      '“split”这一列没有把任何可用的行标为 train。',
    );
  });

  it('has no empty sentence and no hint without its sentence', () => {
    for (const [key, text] of Object.entries(sayingsZhCN)) {
      expect(text.length, key).toBeGreaterThan(1);
      if (key.endsWith('.hint')) expect(sayingsZhCN, key).toHaveProperty([key.slice(0, -5)]);
    }
  });
});
