// @vitest-environment jsdom
import '../browser';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { JudgePanel } from '~/features/voting/JudgePanel';
import { refusal, server } from '../server';
import { show } from '../show';

const JUDGEMENTS = '*/api/v1/models/mdl_1/versions/2/judgements';
const KEY = 'sk-secret';

interface Asked {
  base_url: string;
  model: string;
  api_key: string | null;
  rows: number;
  again: boolean;
}

/** What a judge thinks after so many rows. */
function tally(rows: number, judged: number, left: number, { unclear = 0, refused = 0, undecided = 0 } = {}) {
  return {
    judge: 'judge-1 at llm.example',
    tuned: rows,
    base: 0,
    tie: 0,
    rows,
    difference: { value: 1, low: 0.4, high: 1 },
    level: 'better',
    verdict: { en: `Of ${rows} votes all are the tuned one’s.`, 'zh-CN': '更好', level: 'better' },
    judged,
    left,
    unclear,
    refused,
    refusal: refused > 0 ? 'The judge answers with the status 400: content_filter' : null,
    undecided,
  };
}

let asked: Asked[];
let answers: (() => Response | Promise<Response>)[];

beforeEach(() => {
  localStorage.setItem('tuneyard.language', 'en');
  asked = [];
  answers = [];
  server.use(
    http.post(JUDGEMENTS, async ({ request }) => {
      asked.push((await request.json()) as Asked);
      const next = answers.shift();
      return next ? next() : refusal(500, 'internal_error', 'Nobody expected this.');
    }),
  );
  show(<JudgePanel place={{ modelId: 'mdl_1', number: 2 }} />);
});

function fill(rows: string) {
  const enter = (label: RegExp, value: string) =>
    fireEvent.change(screen.getByLabelText(label, { selector: 'input' }), { target: { value } });
  enter(/^Address/, 'https://llm.example/v1');
  enter(/^Model/, 'judge-1');
  enter(/^Key/, KEY);
  enter(/^Rows/, rows);
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const status = () => screen.getByRole('status').textContent;

describe('another model as judge', () => {
  it('is asked for a few rows at a time until all that were wanted are judged', async () => {
    answers = [
      () => HttpResponse.json(tally(5, 5, 9)),
      () => HttpResponse.json(tally(10, 5, 4)),
      () => HttpResponse.json(tally(12, 2, 2)),
    ];
    fill('12');
    press('Let it judge');
    expect(await screen.findByText('12 of 12 judged · 2 rows left')).toBeDefined();
    expect(asked.map(({ rows }) => rows)).toEqual([5, 5, 2]);
    expect(asked[0]).toEqual({
      base_url: 'https://llm.example/v1',
      model: 'judge-1',
      api_key: KEY,
      rows: 5,
      again: false,
    });
    const result = screen.getByRole('region', { name: 'judge-1 at llm.example' });
    expect(result.textContent).toContain('Of 12 votes all are the tuned one’s.');
    expect(result.textContent).toContain('+100 (+40 … +100)');
    expect(screen.getByRole('button', { name: 'Go on with what is left' })).toBeDefined();
    expect(screen.getByLabelText(/^Key/, { selector: 'input' }).getAttribute('type')).toBe('password');
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain(KEY);
  });

  it('asks about rows that it has not decided once, and again only when told to', async () => {
    answers = [
      () => HttpResponse.json(tally(3, 3, 7, { unclear: 2, undecided: 2 })),
      () => HttpResponse.json(tally(3, 0, 2, { unclear: 5, undecided: 7 })),
      () => HttpResponse.json(tally(5, 2, 0, { undecided: 7 })),
    ];
    fill('20');
    press('Let it judge');
    expect(
      await screen.findByText('5 of 12 judged · 7 without a clear answer · it has seen every row'),
    ).toBeDefined();
    expect(asked.map(({ again }) => again)).toEqual([false, false, false]);
    expect(screen.getByText(/asked about them again only if you want it/)).toBeDefined();
    answers = [
      () => HttpResponse.json(tally(6, 1, 0, { unclear: 4, undecided: 6 })),
      () => HttpResponse.json(tally(7, 1, 0, { unclear: 1, undecided: 5 })),
    ];
    press('Ask again about 7 rows that it has not decided');
    expect(
      await screen.findByText('2 of 7 judged · 5 without a clear answer · it has seen every row'),
    ).toBeDefined();
    expect(asked.slice(3).map(({ rows, again }) => [rows, again])).toEqual([
      [5, true],
      [2, true],
    ]);
    expect(screen.getByRole('region', { name: 'judge-1 at llm.example' }).textContent).toContain(
      '5 rows it has not decided',
    );
  });

  it('goes on behind rows that its endpoint refuses, and says what came back', async () => {
    answers = [
      () => HttpResponse.json(tally(0, 0, 2, { refused: 5, undecided: 5 })),
      () => HttpResponse.json(tally(2, 2, 0, { undecided: 5 })),
    ];
    fill('20');
    press('Let it judge');
    expect(
      await screen.findByText('2 of 7 judged · 5 refused by its endpoint · it has seen every row'),
    ).toBeDefined();
    expect(
      screen.getByText(/first row that was refused: The judge answers with the status 400/),
    ).toBeDefined();
  });

  it('ends where nothing was asked about, whatever is said to be left', async () => {
    answers = [() => HttpResponse.json(tally(3, 0, 2))];
    fill('20');
    press('Let it judge');
    expect(await screen.findByText('0 of 2 judged · 2 rows left')).toBeDefined();
    expect(asked).toHaveLength(1);
  });

  it('says what is wrong, and that what was judged is kept', async () => {
    answers = [
      () => HttpResponse.json(tally(5, 5, 9)),
      () => refusal(422, 'judge_failed', 'The judge answers with the status 401: no such key'),
    ];
    fill('20');
    press('Let it judge');
    const note = await screen.findByRole('alert');
    expect(note.textContent).toContain('The judge can’t be asked. Check address, model and key.');
    expect(note.textContent).toContain('status 401');
    expect(note.textContent).toContain('What was judged before is kept.');
    expect(status()).toContain('5 of 14 judged');
    answers = [() => HttpResponse.json(tally(10, 5, 4)), () => HttpResponse.json(tally(14, 4, 0))];
    press('Go on with what is left');
    expect(await screen.findByText('9 of 9 judged · it has seen every row')).toBeDefined();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('stops when asked to, after the rows that it is at', async () => {
    let answer: (value: Response) => void = () => undefined;
    answers = [
      () =>
        new Promise<Response>((resolve) => {
          answer = resolve;
        }),
    ];
    fill('20');
    press('Let it judge');
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(status()).toBe('0 of 20 judged');
    press('Stop');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Stops after these rows' }).disabled).toBe(
      true,
    );
    answer(HttpResponse.json(tally(5, 5, 40)));
    expect(await screen.findByText('5 of 20 judged · 40 rows left')).toBeDefined();
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Stops after these rows' })).toBeNull());
    expect(asked).toHaveLength(1);
  });
});
