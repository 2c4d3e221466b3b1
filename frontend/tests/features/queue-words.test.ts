import { describe, expect, it } from 'vitest';
import type { Job } from '~/api/types';
import { endingText } from '~/features/jobs/endingText';
import { queueWords } from '~/features/jobs/queueWords';
import { en } from '~/i18n/en';
import { formatter } from '~/i18n/format';
import { translator } from '~/i18n/translate';
import { zhCN } from '~/i18n/zh-CN';

const NOW = Date.parse('2026-01-02T12:00:00Z');
const JOB = {
  status: 'queued',
  queue_position: 3,
  expected_start_at: '2026-01-02T12:05:00Z',
  waits_for: 'turn',
} as const;

const words = (changes: Partial<Job>, language: 'en' | 'zh-CN' = 'en') =>
  queueWords(
    { ...JOB, ...changes },
    translator(language, { en, 'zh-CN': zhCN }[language]),
    formatter(language),
    NOW,
  ).join(' · ');

describe('queueWords', () => {
  it.each([
    [{}, 'number 3 in the queue · starts in about 5 min'],
    [{ expected_start_at: '2026-01-02T12:00:00Z' }, 'number 3 in the queue · starts any moment'],
    [{ expected_start_at: null }, 'number 3 in the queue'],
    [{ waits_for: 'worker' }, 'number 3 in the queue · no worker is running'],
    [{ waits_for: 'limit' }, 'number 3 in the queue · the workspace is at its limit of jobs at a time'],
    [{ waits_for: 'card', queue_position: null }, 'waits for a worker with a CUDA card; none is running'],
    [{ queue_position: 1001, expected_start_at: null }, 'behind more than 1,000 others'],
    [{ status: 'running', queue_position: null }, ''],
  ] as [Partial<Job>, string][])('says of %o: %s', (changes, expected) => {
    expect(words(changes)).toBe(expected);
  });

  it('speaks Chinese too', () => {
    expect(words({}, 'zh-CN')).toBe('排在第 3 位 · 约 5分钟后开始');
  });
});

describe('endingText', () => {
  it.each([
    [null, null, 'It is running.'],
    ['lost', null, 'Its worker was lost: nothing more was heard of it.'],
    ['lost', 35, 'It broke off: its process was ended by signal 35.'],
    ['succeeded', null, 'It finished.'],
  ] as const)('says of %s with signal %s: %s', (outcome, exit_signal, expected) => {
    expect(endingText({ outcome, exit_signal }, translator('en'))).toBe(expected);
  });

  it('says what a signal means', () => {
    expect(endingText({ outcome: 'lost', exit_signal: 9 }, translator('en'))).toContain('memory ran out');
  });
});
