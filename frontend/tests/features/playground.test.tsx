// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Deployment } from '~/api/types';
import { Playground } from '~/features/deployments/Playground';
import { I18nProvider } from '~/i18n/I18nProvider';

const deployment = {
  id: 'dep_1',
  name: 'support',
  revision: 1,
  text_columns: ['subject', 'body'],
  routes: [],
} as unknown as Deployment;
const sure = { refund: 0.8, billing: 0.15, other: 0.05 };
const unsure = { refund: 0.45, billing: 0.41, other: 0.14 };
let asked: unknown[] = [];

function answerWith(scores: Record<string, number>) {
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(await request.json());
    return Response.json({
      model_version_id: 'mv_1',
      predictions: [{ label: 'refund', score: scores.refund, scores }],
    });
  });
}

function open(shown = deployment) {
  return render(
    <QueryClientProvider client={new QueryClient()}>
      <I18nProvider>
        <MantineProvider>
          <Playground deployment={shown} focus={0} />
        </MantineProvider>
      </I18nProvider>
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  asked = [];
});

it('asks with one cell per column on Ctrl+Enter, and knows it after a reload', async () => {
  answerWith(sure);
  const page = open();
  const body = screen.getByRole('textbox', { name: 'body' });
  fireEvent.change(body, { target: { value: 'My money' } });
  fireEvent.keyDown(body, { key: 'Enter', ctrlKey: true });
  await waitFor(() => expect(asked).toEqual([{ inputs: [{ subject: '', body: 'My money' }] }]));
  expect((await screen.findAllByText(/80.%/)).length).toBeGreaterThan(0);
  expect(screen.queryByText(/was unsure/)).toBeNull();

  page.unmount();
  open();
  fireEvent.click(await screen.findByRole('button', { name: /My money/ }));
  expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'body' }).value).toBe('My money');
  expect(screen.getAllByText('refund').length).toBeGreaterThan(1);
});

it('says when the model was unsure, and between what', async () => {
  answerWith(unsure);
  open();
  fireEvent.change(screen.getByRole('textbox', { name: 'subject' }), { target: { value: 'Hi' } });
  fireEvent.click(screen.getByRole('button', { name: 'Ask' }));
  expect(await screen.findByText(/The model was unsure: .*“refund” and “billing”/)).toBeDefined();
});

it('asks nothing while there is no text or nobody to answer', () => {
  answerWith(sure);
  const page = open();
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Ask' }).disabled).toBe(true);
  fireEvent.keyDown(screen.getByRole('textbox', { name: 'body' }), { key: 'Enter', ctrlKey: true });
  page.unmount();
  open({ ...deployment, revision: null });
  fireEvent.change(screen.getByRole('textbox', { name: 'body' }), { target: { value: 'Hi' } });
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Ask' }).disabled).toBe(true);
  expect(asked).toEqual([]);
});
