// @vitest-environment jsdom
import '../browser';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { VotingTable } from '~/features/voting/VotingTable';
import { refusal, server } from '../server';
import { show } from '../show';

const PAIRS = '*/api/v1/models/mdl_1/versions/2/comparisons';
const pair = (row: number, vote: string | null = null) => ({
  row,
  prompt: `Question ${row}?`,
  expected: `Expected ${row}`,
  left: `Left ${row}`,
  right: `Right ${row}`,
  vote,
});
const SUMMARY = {
  tuned: 2,
  base: 0,
  tie: 1,
  rows: 3,
  difference: { value: 0.667, low: 0.1, high: 0.9 },
  level: 'better',
  verdict: { en: 'The tuned model is preferred.', 'zh-CN': '更喜欢微调后的模型。', level: 'better' },
  people: 1,
  judges: [
    {
      judge: 'judge at llm',
      tuned: 0,
      base: 0,
      tie: 0,
      rows: 0,
      undecided: 3,
      difference: null,
      verdict: null,
    },
  ],
};
let votes: [string, unknown][];

beforeEach(() => {
  votes = [];
  server.use(
    http.get(PAIRS, () => HttpResponse.json({ data: [pair(1, 'tie'), pair(4), pair(9)], next_cursor: null })),
    http.get(`${PAIRS}/summary`, () => HttpResponse.json(SUMMARY)),
    http.put(`${PAIRS}/:row`, async ({ params, request }) => {
      votes.push([String(params.row), await request.json()]);
      return HttpResponse.json({});
    }),
  );
  open();
});

const open = () => show(<VotingTable place={{ modelId: 'mdl_1', number: 2 }} />);
const reopen = () => {
  cleanup();
  open();
};

describe('judging blindly', () => {
  it('begins where nobody judged yet, and goes on by the keyboard to the result', async () => {
    expect(await screen.findByText('Question 4?')).toBeDefined();
    expect(screen.getByText('1 of 3 judged')).toBeDefined();
    fireEvent.keyDown(document.documentElement, { key: '2', code: 'Digit2' });
    expect(await screen.findByText('Question 9?')).toBeDefined();
    fireEvent.keyDown(document.documentElement, { key: '1', code: 'Digit1' });
    expect(await screen.findByText('The tuned model is preferred.')).toBeDefined();
    expect(screen.getByText(/^66.7\s% · 2 rows/)).toBeDefined();
    expect(screen.getByText(/ahead by \+66.7 \(\+10 … \+90\) points/)).toBeDefined();
    expect(screen.getByRole('region', { name: 'judge at llm' }).textContent).toContain(
      'It has not decided any row yet.',
    );
    expect(screen.getByText('3 rows it has not decided')).toBeDefined();
    expect(votes).toEqual([
      ['4', { vote: 'right' }],
      ['9', { vote: 'left' }],
    ]);
  });

  it('votes once by a double click, and not on the pair that comes after', async () => {
    await screen.findByText('Question 4?');
    fireEvent.click(screen.getByRole('button', { name: /Left is better/ }), { detail: 1 });
    await screen.findByText('Question 9?');
    fireEvent.click(screen.getByRole('button', { name: /Left is better/ }), { detail: 2 });
    await waitFor(() => expect(votes).toEqual([['4', { vote: 'left' }]]));
    expect(screen.getByText('Question 9?')).toBeDefined();
  });

  it('takes a vote back that the server refuses', async () => {
    server.use(http.put(`${PAIRS}/:row`, () => refusal(403, 'forbidden', 'You may not vote.')));
    await screen.findByText('Question 4?');
    fireEvent.click(screen.getByRole('button', { name: /Left is better/ }));
    expect(await screen.findByText('You may not vote.')).toBeDefined();
    await waitFor(() => expect(screen.getByText('1 of 3 judged')).toBeDefined());
  });

  it('can be changed', async () => {
    await screen.findByText('Question 4?');
    fireEvent.click(screen.getByRole('button', { name: 'Back' }));
    const tie = screen.getByRole('button', { name: /No difference/ });
    expect(tie.getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(screen.getByRole('button', { name: /Right is better/ }));
    await waitFor(() => expect(votes).toEqual([['1', { vote: 'right' }]]));
  });

  it('goes on where nobody judged yet on a later page, also for who has judged all of the first', async () => {
    const pages = [[pair(1, 'tie'), pair(2, 'left')], [pair(3, 'left'), pair(4, 'left'), pair(5)], [pair(6)]];
    server.use(
      http.get(PAIRS, ({ request }) => {
        const page = Number(new URL(request.url).searchParams.get('cursor') ?? 0);
        const next = page + 1 < pages.length ? String(page + 1) : null;
        return HttpResponse.json({ data: pages[page], next_cursor: next });
      }),
    );
    reopen();
    expect(await screen.findByText('Question 5?')).toBeDefined();
    fireEvent.keyDown(document.documentElement, { key: '3', code: 'Digit3' });
    expect(await screen.findByText('Question 6?')).toBeDefined();
    fireEvent.keyDown(document.documentElement, { key: '3', code: 'Digit3', repeat: true });
    expect(screen.getByText('Question 6?')).toBeDefined();
    expect(votes).toEqual([['5', { vote: 'tie' }]]);
  });
});
