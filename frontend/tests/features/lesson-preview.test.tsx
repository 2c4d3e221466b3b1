// @vitest-environment jsdom
import '../browser';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import type { DatasetVersion, FineTuneRequest } from '~/api/types';
import { completed, requestOf, tellable } from '~/features/fine-tuning/choices';
import { fittingTasks } from '~/features/fine-tuning/forms';
import { learnedOf, runsOf } from '~/features/fine-tuning/lessonRuns';
import { PromptSection } from '~/features/fine-tuning/PromptSection';
import { TaskSection } from '~/features/fine-tuning/TaskSection';
import { refusal, server } from '../server';
import { show } from '../show';

const column = (name: string, type = 'text') => ({
  name,
  type,
  suggested_role: null,
  reason: '',
  reasons: [],
  distinct: 9,
  missing: 0,
});
const version = {
  dataset_id: 'ds_1',
  number: 1,
  rows: 40,
  columns: [column('question'), column('answer')],
  suggested_task: 'text_generation',
  suggested_columns: { prompt: 'question', completion: 'answer' },
  suggestion_reason: 'The column names say so.',
  suggestion_reasons: [],
} as unknown as DatasetVersion;
const request = { dataset_id: 'ds_1', task: 'text_generation' } as FineTuneRequest;
const LESSON = {
  tokens: [
    { id: 1, text: 'Q:', learned: false },
    { id: 2, text: ' 咖', learned: false },
    { id: 3, text: '', learned: false },
    { id: 4, text: 'Yes', learned: true },
    { id: 5, text: '.', learned: true },
  ],
  total: 9,
  rest: ' and more',
  rejected: false,
};
const SHOWN = {
  row: 1,
  line: 2,
  sheet_row: null,
  rows: 40,
  max_length: 5,
  lessons: [LESSON],
  problem: null,
};

function prompts(onSet = vi.fn(), changes = {}) {
  show(
    <PromptSection
      form="pairs"
      columns={['question', 'answer']}
      rows={40}
      changes={changes}
      request={request}
      errorOf={() => undefined}
      onSet={onSet}
    />,
  );
  return onSet;
}

describe('the forms of a table', () => {
  it('follow the suggestion, and another task takes over the columns', () => {
    expect(requestOf({}, version, {})).toMatchObject({
      task: 'text_generation',
      columns: { prompt: ['question'], completion: 'answer' },
    });
    expect(requestOf({ form: 'classes' }, version, {})).toMatchObject({
      task: 'text_classification',
      columns: { text: ['question'], label: 'answer' },
    });
    expect(completed({ form: 'messages' }, version).complete).toBe(false);
  });

  it('may hold two answers, one of them better', () => {
    const columns = ['q', 'good', 'bad'].map((name) => column(name));
    const roles = { prompt: 'q', completion: 'good', rejected: 'bad' };
    const pairs = { ...version, columns, suggested_columns: roles } as never;
    expect(requestOf({}, pairs, {}).columns).toEqual({ ...roles, prompt: ['q'] });
    expect(requestOf({ form: 'pairs' }, pairs, {}).columns).toEqual({ prompt: ['q'], completion: 'good' });
    expect(completed({ rejected: '' }, pairs).complete).toBe(false);
    expect(tellable(pairs, completed({}, pairs).columns)).toEqual(['q']);
    const chat = { ...version, columns, suggested_columns: { ...roles, prompt: undefined, messages: 'q' } };
    expect(completed({}, chat as never).form).toBe('chatPreferences');
    const ends = { messages: 'good', rejected: 'bad' };
    const whole = { ...version, columns, suggested_columns: ends } as never;
    expect(completed({}, whole).form).toBe('conversationPreferences');
    expect(requestOf({}, whole, {}).columns).toEqual(ends);
    expect(tellable(whole, completed({}, whole).columns)).toEqual(['q']);
  });

  it('need no question where a template asks', () => {
    const choices = { prompt: [], completion: 'answer', set: { prompt_template: 'About {{question}}' } };
    expect(completed(choices, version).complete).toBe(true);
    expect(requestOf(choices, version, {}).columns).toEqual({ completion: 'answer' });
  });

  it('offer a task only where the table fits it', () => {
    expect(fittingTasks(version)).toEqual(['text_generation']);
    expect(
      fittingTasks({ ...version, columns: [column('text'), column('kind', 'category')] } as never),
    ).toEqual(['text_classification', 'text_generation']);
    const unknown = { ...version, columns: [column('messages')], suggested_task: null } as never;
    expect(fittingTasks(unknown)).toContain('text_generation');
  });
});

describe('what it should learn', () => {
  it('has a field for each role, and changes with the form', () => {
    const onChoose = vi.fn();
    show(
      <TaskSection
        version={version}
        choices={{}}
        changes={{}}
        errorOf={() => undefined}
        onChoose={onChoose}
      />,
    );
    expect(screen.getByLabelText<HTMLSelectElement>('Answer').value).toBe('answer');
    fireEvent.change(screen.getByLabelText('How do the rows hold it?'), { target: { value: 'messages' } });
    expect(onChoose).toHaveBeenCalledWith({ form: 'messages' });
  });
});

describe('a lesson', () => {
  it('is told apart by what is learned, or token by token', () => {
    expect(runsOf(LESSON, false).map(({ text }) => text)).toEqual(['Q: 咖', 'Yes.']);
    expect(runsOf(LESSON, true).map(({ text }) => text)).toEqual(['Q:', ' 咖', 'Yes', '.']);
    expect(learnedOf(LESSON)).toBe(2);
  });

  it('shows what is learned, what is cut off and how many tokens there are', async () => {
    server.use(http.post('*/api/v1/jobs/preview', () => HttpResponse.json(SHOWN)));
    prompts();
    expect((await screen.findByText('Yes.')).tagName).toBe('MARK');
    expect(screen.getByText('and more').tagName).toBe('S');
    expect(screen.getByText(/^9 tokens, 2 of them/)).toBeDefined();
    expect(screen.getByText(/longer than 5 tokens/)).toBeDefined();
    expect(screen.getByText('Line 2 of the file')).toBeDefined();
  });

  it('asks for the row that was chosen, and says why one is left out', async () => {
    const rows: unknown[] = [];
    server.use(
      http.post('*/api/v1/jobs/preview', async ({ request: asked }) => {
        const { row } = (await asked.json()) as { row: number };
        rows.push(row);
        const problem = { code: 'no_prompt', message: 'There is no question.', details: {} };
        return HttpResponse.json(
          row === 1 ? SHOWN : { ...SHOWN, row, line: null, sheet_row: 3, lessons: [], problem },
        );
      }),
    );
    prompts();
    await screen.findByText('Yes.');
    fireEvent.click(screen.getByLabelText('The next row'));
    expect(await screen.findByText(/left out of training. There is no question/)).toBeDefined();
    expect(screen.getByText('Row 3 of the sheet')).toBeDefined();
    expect(rows).toEqual([1, 2]);
  });

  it('says when it can be shown of a base model that is not here yet', async () => {
    server.use(
      http.post('*/api/v1/jobs/preview', () =>
        refusal(409, 'base_model_not_installed', 'Not fetched.', 'base_model'),
      ),
    );
    prompts();
    expect(await screen.findByText(/training fetches it first/)).toBeDefined();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('tells a refusal where the text would be', async () => {
    server.use(
      http.post('*/api/v1/jobs/preview', () => refusal(422, 'preview_too_slow', 'It takes too long.')),
    );
    prompts();
    expect(await screen.findByText('It takes too long.')).toBeDefined();
  });
});

describe('a blank', () => {
  it('is put where the cursor is', async () => {
    server.use(http.post('*/api/v1/jobs/preview', () => HttpResponse.json(SHOWN)));
    const onSet = prompts(vi.fn(), { system_prompt: 'You help. Thanks' });
    const area = screen.getByLabelText<HTMLTextAreaElement>('System prompt');
    area.setSelectionRange(9, 9);
    const [button] = screen.getAllByLabelText('Insert the column question');
    fireEvent.click(button as HTMLElement);
    await waitFor(() => expect(onSet).toHaveBeenCalledWith('system_prompt', 'You help.{{question}} Thanks'));
  });
});
