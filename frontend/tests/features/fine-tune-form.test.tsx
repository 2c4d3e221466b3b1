// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DatasetVersion, FineTuneRequest } from '~/api/types';
import { type Choices, choicesIn, requestOf } from '~/features/fine-tuning/choices';
import { FineTuneForm } from '~/features/fine-tuning/FineTuneForm';
import { I18nProvider } from '~/i18n/I18nProvider';
import { refusal, server } from '../server';

const NAMES = ['question', 'answer', 'chat'];
const version = {
  id: 'dv_1',
  dataset_id: 'ds_1',
  number: 1,
  rows: 40,
  columns: NAMES.map((name) => ({ name, type: 'text', suggested_role: null, distinct: 9, missing: 0 })),
  suggested_task: 'text_generation',
  suggested_columns: { prompt: 'question', completion: 'answer' },
  suggestion_reason: 'The column names say so.',
  suggestion_reasons: [],
} as unknown as DatasetVersion;
const TUNING = { title: 'Tuning', description: 'What is trained.', enum: ['lora', 'qlora'] };
const PRESET = { tuning: 'lora', system_prompt: '', prompt_template: '', answering_authors: [] };
const TEMPLATE = { prompt_template: 'Q: {{question}}' };
const CONVERSATIONS = { form: 'messages', messages: 'chat', set: TEMPLATE } as const;

let asked: FineTuneRequest[];
let estimates: () => Response;

beforeEach(() => {
  asked = [];
  estimates = () => refusal(422, 'odd', 'Unused.');
  const heard = async ({ request }: { request: Request }) => {
    asked.push((await request.json()) as FineTuneRequest);
    return estimates();
  };
  server.use(
    http.get('*/api/v1/jobs/hyperparameters', () =>
      HttpResponse.json({
        schema: { properties: { tuning: TUNING } },
        presets: { fast: PRESET, balanced: PRESET, best: PRESET },
      }),
    ),
    http.post('*/api/v1/jobs/estimate', heard),
    http.post('*/api/v1/jobs/preview', heard),
  );
});

function show(choices: Choices, table = version) {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MantineProvider>
        <I18nProvider>
          <FineTuneForm
            datasetName="answers"
            crumbs={[]}
            version={table}
            choices={choices}
            onChoose={() => undefined}
            onStarted={() => undefined}
          />
        </I18nProvider>
      </MantineProvider>
    </QueryClientProvider>,
  );
}

describe('a template of the question', () => {
  it('is sent only where the rows have a question, and kept for the way back', () => {
    const changes = { ...TEMPLATE, epochs: 2 };
    expect(requestOf(CONVERSATIONS, version, changes).hyperparameters).toEqual({ epochs: 2 });
    expect(requestOf(CONVERSATIONS, version, TEMPLATE).hyperparameters).toBeNull();
    expect(requestOf({ set: TEMPLATE }, version, changes).hyperparameters).toEqual(changes);
  });

  it('goes to nobody once the rows are whole conversations', async () => {
    show({ set: TEMPLATE });
    await waitFor(() => expect(asked.length).toBe(4));
    expect(asked.every(({ hyperparameters }) => hyperparameters)).toBe(true);
    asked = [];
    fireEvent.change(screen.getByLabelText('How do the rows hold it?'), { target: { value: 'messages' } });
    fireEvent.change(screen.getByLabelText('Messages'), { target: { value: 'chat' } });
    await waitFor(() => expect(asked.length).toBe(4));
    expect(asked.map(({ hyperparameters }) => hyperparameters)).toEqual([null, null, null, null]);
  });
});

describe('the columns that can be told', () => {
  const offered = () =>
    screen.queryAllByRole('button', { name: /^Insert the column/ }).map(({ textContent }) => textContent);

  it('are never those that hold the answer', () => {
    show(CONVERSATIONS);
    expect(offered()).toEqual(['{{question}}', '{{answer}}']);
    cleanup();
    show({ form: 'preferences', rejected: 'chat' });
    expect(new Set(offered())).toEqual(new Set(['{{question}}']));
    cleanup();
    show(CONVERSATIONS, { ...version, columns: version.columns.slice(2) });
    expect(offered()).toEqual([]);
    expect(screen.queryByText('Insert a column:')).toBeNull();
  });
});

describe('who answers', () => {
  const names = { name: 'from', reasons: [{ code: 'author_names', message: '', details: {} }] };
  const values = ['Kim Lee', 'Mia', 'Noah'].map((value) => ({ value, count: 2 }));
  const [first, ...others] = version.columns;
  const table = {
    ...version,
    columns: [
      { ...first, ...names, top_values: values },
      { ...first, name: 'to', reasons: [], top_values: [] },
      ...others,
    ],
    suggested_columns: { conversation: 'answer', author: 'from', content: 'chat' },
  } as unknown as DatasetVersion;

  it('is chosen where the authors are people, and only then it can start', async () => {
    show({}, table);
    const start = screen.getByRole<HTMLButtonElement>('button', { name: 'Start' });
    expect(start.disabled).toBe(true);
    fireEvent.click(screen.getByRole('combobox', { name: 'Who answers' }));
    fireEvent.click(await screen.findByRole('option', { name: 'Kim Lee' }));
    expect(start.disabled).toBe(false);
    await waitFor(() => expect(asked.length).toBe(4));
    expect(asked.map(({ hyperparameters }) => hyperparameters)).toEqual(
      Array(4).fill({ answering_authors: ['Kim Lee'] }),
    );
    fireEvent.change(screen.getByLabelText('Who speaks'), { target: { value: 'to' } });
    expect(screen.queryByText('Kim Lee')).toBeNull();
  });

  it('is sent only where every row is a message', () => {
    const set = { answering_authors: ['Kim Lee'] };
    expect(requestOf({ set }, table, set).hyperparameters).toEqual(set);
    expect(requestOf({ form: 'pairs', set }, table, set).hyperparameters).toBeNull();
    expect(choicesIn({ set: { ...set, epochs: { no: 1 }, odd: [1] } }).set).toEqual(set);
  });
});

describe('a time that is too short for all rows', () => {
  const details = { percent: 40, minutes: 60 };
  const warnings = [{ code: 'rows_without_time', message: 'Time for about 40 %.', details }];
  const estimate = {
    seconds: 1200,
    basis: { code: 'rule_of_thumb', message: '' },
    memory_bytes: 1,
    device: 'cpu',
    device_saying: { code: 'processors', details: {} },
    train_rows: 36,
    held_out_rows: 4,
    base_model: 'tiny',
  };

  it('is told, and made long enough with a click', async () => {
    server.use(
      http.post('*/api/v1/jobs/estimate', async ({ request }) => {
        const { hyperparameters } = (await request.json()) as FineTuneRequest;
        const long = JSON.stringify(hyperparameters) === '{"epochs":2,"time_budget_seconds":3600}';
        return HttpResponse.json({ ...estimate, warnings: long ? [] : warnings });
      }),
    );
    show({ set: { epochs: 2 } });
    expect(await screen.findByText('Time for about 40 %.')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Give it 60 minutes' }));
    await waitFor(() => expect(screen.queryByText('Time for about 40 %.')).toBeNull());
  });
});

describe('a refusal', () => {
  it('of a setting that is hidden is told, with the way to it', async () => {
    estimates = () => refusal(422, 'no_graphics_card', 'No card here.', 'hyperparameters.tuning');
    show({ set: { tuning: 'qlora' } });
    expect((await screen.findByRole('alert')).textContent).toContain('No card here.');
    expect(screen.queryByLabelText('Tuning')).toBeNull();
    fireEvent.click(await screen.findByRole('button', { name: 'Show the setting' }));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Tuning')));
    expect(screen.getAllByText(/No card here/).length).toBe(1);
    expect(screen.queryByRole('alert')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Hide' }));
    expect(screen.getByRole('alert').textContent).toContain('No card here.');
  });

  it('of a column that the form does not have is told', async () => {
    estimates = () => refusal(422, 'invalid_request', 'Nothing to do for it.', 'columns.prompt');
    show(CONVERSATIONS);
    expect((await screen.findByRole('alert')).textContent).toContain('Nothing to do for it.');
  });

  it('of a column stands at its field and nowhere else', async () => {
    estimates = () => refusal(422, 'missing_column', 'There is no such column.', 'columns.prompt');
    show({});
    await waitFor(() => {
      expect(screen.getAllByText(/There is no such column/).length).toBe(1);
      expect(screen.queryByRole('alert')).toBeNull();
    });
  });

  it('of the start leads to its field', async () => {
    server.use(
      http.post('*/api/v1/jobs', () =>
        refusal(422, 'missing_column', 'No such blank.', `hyperparameters.system_prompt`),
      ),
    );
    show({});
    fireEvent.click(screen.getByRole('button', { name: 'Start' }));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('System prompt')));
    expect(screen.getAllByText(/No such blank/).length).toBe(1);
  });
});
