// @vitest-environment jsdom
import '../browser';
import { screen, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Batch, Job } from '~/api/types';
import { BatchOfJob } from '~/features/deployments/BatchOfJob';
import { BatchTable } from '~/features/deployments/BatchTable';
import { JobActions } from '~/features/jobs/JobActions';
import { refusal, server } from '../server';
import { show } from '../show';

// What leads to other pages needs a router, which is not what this is about.
vi.mock('~/components/LinkButton', () => {
  const Link = ({ to, params, children }: { to: string; params: object; children: string }) => (
    <a href={`${to} ${JSON.stringify(params)}`}>{children}</a>
  );
  return { LinkButton: Link, TextLink: Link };
});

const ONE = '*/api/v1/batches/batch_1';
const BATCH = {
  id: 'batch_1',
  deployment: 'support',
  job_id: 'job_1',
  filename: 'questions.csv',
  status: 'succeeded',
  progress: { step: 10, total_steps: 40, fraction: 0.3, epoch: null, eta_seconds: 40 },
  error: null,
  created_at: '2026-01-01T12:00:00Z',
} as unknown as Batch;

beforeEach(() => localStorage.setItem('tuneyard.language', 'en'));

it.each([
  ['running', '30 % · 10 of 40 rows · about 40 sec left'],
  ['paused', 'paused · 10 of 40 rows'],
  ['queued', 'queued · 10 of 40 rows'],
] as const)('tells what is left of a batch that is %s', (status, words) => {
  show(<BatchTable batches={[{ ...BATCH, status }]} />);
  expect(screen.getByRole('progressbar').closest('td')?.textContent?.replaceAll('\u202f', ' ')).toBe(words);
});

it('from a job there is a way to the result of its batch, and to the deployment', async () => {
  server.use(http.get(ONE, () => HttpResponse.json(BATCH)));
  show(<BatchOfJob batchId="batch_1" done />);
  const result = await screen.findByRole('link', { name: 'Download the result' });
  expect(result.getAttribute('href')).toBe('/api/v1/batches/batch_1/result');
  const deployment = screen.getByRole('link', { name: 'Open the deployment' });
  expect(deployment.getAttribute('href')).toBe('/deployments/$name {"name":"support"}');
});

it('nothing leads to a batch that is gone', async () => {
  const asked = vi.fn(() => refusal(404, 'not_found', 'There is no batch.'));
  server.use(http.get(ONE, asked));
  show(<BatchOfJob batchId="batch_1" done />);
  await waitFor(() => expect(asked).toHaveBeenCalled());
  expect(screen.queryByRole('link')).toBeNull();
});

it.each([
  ['text_generation', /resuming goes on from there/],
  ['text_classification', /resuming starts it from the beginning/],
])('says what a pause costs a batch of %s', (task, words) => {
  const job = { id: 'job_1', kind: 'batch_predict', actions: ['pause'], asked: null, spec: { task } };
  const action = { isPending: false } as never;
  show(<JobActions job={job as unknown as Job} action={action} />);
  expect(screen.getByRole('button', { name: 'Pause' }).title).toMatch(words);
});
