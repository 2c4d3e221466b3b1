import { execFileSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { deploymentName } from '~/features/deployments/deploymentName';
import { EXAMPLES, textOf } from '~/features/deployments/examples';
import { deploymentSearch } from '~/features/deployments/search';
import { percents, total, withoutVersion, withVersion } from '~/features/deployments/shares';
import { keyPlaces, niceTop, runs, timeTicks } from '~/features/deployments/timeScale';
import { hesitation } from '~/features/deployments/unsure';

const deployment = {
  name: 'a',
  urls: {
    predict: 'http://h/api/v1/deployments/a/predict',
    huggingface: 'http://h/hf/a',
    openai: 'http://h/v1',
    page: '',
  },
};
const text = `It's "broken" \\ $HOME \`id\` 中文`;
const row = { subject: 'Hi', body: text, empty: ' ' };

describe('deploymentName', () => {
  it.each([
    ['Support tickets (2026)', 'support-tickets-2026'],
    ['--a--', 'a'],
    ['工单', ''],
    [`${'x'.repeat(62)} y`, 'x'.repeat(62)],
  ])('makes %j fit an address', (model, name) => {
    expect(deploymentName(model)).toBe(name);
  });
});

describe('the code to paste', () => {
  it.each([text, row])('reaches a shell as it was meant: %j', (input) => {
    const script = `curl() { printf '%s' "\${@: -1}"; }\n${EXAMPLES.curl({ deployment, input, apiKey: 'ty_1' })}`;
    const sent = execFileSync('bash', ['-c', script], { encoding: 'utf-8' });
    expect(JSON.parse(sent)).toEqual({ inputs: [input] });
  });

  it.each([text, row])('sends from JavaScript what was meant: %j', (input) => {
    const fetched = vi.fn(() => new Promise(() => undefined));
    new Function('fetch', EXAMPLES.javascript({ deployment, input, apiKey: 'ty_1' }))(fetched);
    const [url, { body, headers }] = fetched.mock.calls[0] as unknown as [
      string,
      { body: string; headers: Record<string, string> },
    ];
    expect(url).toBe(deployment.urls.predict);
    expect(headers.Authorization).toBe('Bearer ty_1');
    expect(JSON.parse(body)).toEqual({ inputs: [input] });
  });

  it('takes the key from the environment until one is made', () => {
    for (const example of Object.values(EXAMPLES)) {
      expect(example({ deployment, input: text })).toContain('TUNEYARD_API_KEY');
      expect(example({ deployment, input: text, apiKey: 'ty_1' })).not.toContain('TUNEYARD_API_KEY');
    }
  });

  it('joins a row as in training where only a text is taken', () => {
    expect(textOf(row)).toBe(`Hi\n\n${text}`);
    expect(EXAMPLES.openai({ deployment, input: row })).toContain(JSON.stringify(`Hi\n\n${text}`));
  });
});

describe('hesitation', () => {
  it.each([
    [{ a: 0.9, b: 0.1 }, null],
    [{ b: 0.3, a: 0.45, c: 0.25 }, ['a', 'b']],
    [{ a: 0.55, b: 0.42 }, ['a', 'b']],
    [{ a: 1 }, null],
  ])('of %j is %j', (scores, between) => {
    expect(hesitation({ scores })).toEqual(between);
  });
});

describe('shares of the traffic', () => {
  const route = (id: string, weight: number) => ({
    model_version_id: id,
    weight,
    model_id: 'm',
    model_name: 'm',
    number: 1,
  });

  it('are whole percents that make 100', () => {
    const shares = percents([route('a', 1), route('b', 1), route('c', 1)]);
    expect(shares.map(({ weight }) => weight)).toEqual([34, 33, 33]);
    expect(percents([route('a', 1), route('b', 0.000001)]).map(({ weight }) => weight)).toEqual([99, 1]);
  });

  it('make 100 whoever comes and goes', () => {
    let shares = percents([route('a', 1)]);
    for (const id of ['b', 'c', 'd', 'e']) shares = withVersion(shares, id);
    expect([shares.length, total(shares)]).toEqual([5, 100]);
    for (const id of ['a', 'c', 'e']) shares = withoutVersion(shares, id);
    expect([shares.length, total(shares)]).toEqual([2, 100]);
    expect(shares.every(({ weight }) => weight >= 1)).toBe(true);
  });
});

describe('a chart over time', () => {
  it.each([
    [0, 2],
    [3, 4],
    [17, 20],
    [61, 80],
    [100, 100],
  ])('that reaches %d goes up to %d', (value, top) => {
    expect(niceTop(value)).toBe(top);
  });

  it('breaks its line where there is nothing', () => {
    expect(runs([null, 1, 2, null, 3]).map((run) => run.map(({ step }) => step))).toEqual([[1, 2], [4]]);
  });

  it('names the first and the last time, and no more than there is room for', () => {
    expect(timeTicks(60, 320)).toEqual([0, 59]);
    expect(timeTicks(60, 1200)).toHaveLength(7);
  });

  it('breaks its key into lines on a phone', () => {
    expect(keyPlaces(['answered 120', 'refused 3', 'failed 0'], 250).lines).toBe(2);
    expect(keyPlaces(['answered 120', 'refused 3', 'failed 0'], 900).lines).toBe(1);
  });
});

describe('the address of the page', () => {
  it('keeps what it knows and drops the rest', () => {
    expect(deploymentSearch({ tab: 'traffic', period: 'week', language: 'openai', other: 1 })).toEqual({
      tab: 'traffic',
      period: 'week',
      language: 'openai',
    });
    expect(deploymentSearch({ tab: 'nothing', period: 5 })).toEqual({});
  });
});
