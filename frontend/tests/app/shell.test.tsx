// @vitest-environment jsdom
import '../browser';
import { onlineManager } from '@tanstack/react-query';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { delay, HttpResponse, http } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { App } from '~/app/App';
import { QUIET, refusal, server } from '../server';

const DATASETS = '*/api/v1/datasets';
const ACTIVITY = '*/api/v1/activity';
const job = {
  id: 'job_1',
  kind: 'fine_tune',
  name: 'Support tickets',
  status: 'failed',
  error: { code: 'x', message: 'It needed too much memory.', hint: null },
  dataset_id: 'ds_1',
  model_version_id: null,
  finished_at: '2026-01-02T12:00:00Z',
  is_new: true,
};

function open(path: string) {
  window.history.replaceState(null, '', path);
  render(<App />);
}

beforeEach(() => localStorage.setItem('tuneyard.language', 'en'));

describe('what a server that is not well is told as', () => {
  it.each([
    [403, 'forbidden', /You may not do this. Ask an owner/],
    [404, 'not_found', /not here, or not any more/],
    [409, 'wrong_state', /Reload to see what has changed/],
    [422, 'invalid_request', /Change it and try again/],
    [429, 'too_many_requests', /Wait a few seconds, then try again/],
    [500, 'internal_error', /its log has the cause/],
    [503, 'unavailable', /A part of the server is not ready/],
  ])('%d is a sentence with a next step', async (status, code, sentence) => {
    server.use(http.get(DATASETS, () => refusal(status, code, 'The words of the server.')));
    open('/datasets');
    const note = await screen.findByRole('alert');
    expect(within(note).getByText(sentence)).toBeDefined();
    expect(within(note).getByText('The words of the server.')).toBeDefined();
    expect(within(note).getByRole('button', { name: 'Try again' })).toBeDefined();
  });

  it('comes back after “Try again”', async () => {
    server.use(http.get(DATASETS, () => refusal(500, 'internal_error', ''), { once: true }));
    open('/datasets');
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(/No datasets yet/)).toBeDefined();
  });

  it('a server that is gone is said calmly, and no longer once it is back', async () => {
    let down = true;
    server.use(http.get(ACTIVITY, () => (down ? HttpResponse.error() : HttpResponse.json(QUIET))));
    open('/datasets');
    expect(await screen.findByText(/The server can’t be reached. What runs goes on/)).toBeDefined();
    down = false;
    await waitFor(() => expect(screen.queryByText(/can’t be reached/)).toBeNull());
  });

  it('so is a network that is gone', async () => {
    open('/datasets');
    await screen.findByText(/No datasets yet/);
    act(() => onlineManager.setOnline(false));
    expect(screen.getByText(/You are offline/)).toBeDefined();
    act(() => onlineManager.setOnline(true));
    expect(screen.queryByText(/You are offline/)).toBeNull();
  });
});

describe('the bell', () => {
  it('counts what is new, lists it with its reason, and marks it as seen when closed', async () => {
    let seen = false;
    server.use(
      http.get(ACTIVITY, () => HttpResponse.json({ ...QUIET, ended: [{ ...job, is_new: !seen }] })),
      http.post('*/api/v1/activity/seen', () => {
        seen = true;
        return new HttpResponse(null, { status: 204 });
      }),
    );
    open('/datasets');
    const bell = await screen.findByRole('button', { name: 'Notifications, 1 new' });
    fireEvent.click(bell);
    expect(await screen.findByText('It needed too much memory.')).toBeDefined();
    fireEvent.click(bell);
    expect(await screen.findByRole('button', { name: 'Notifications' })).toBeDefined();
  });

  it('does not announce what had ended before the page was opened', async () => {
    server.use(http.get(ACTIVITY, () => HttpResponse.json({ ...QUIET, ended: [job] })));
    open('/datasets');
    await screen.findByRole('button', { name: 'Notifications, 1 new' });
    expect(screen.queryByText('Support tickets')).toBeNull();
  });
});

describe('search', () => {
  it('finds things of the server and opens them by keyboard', async () => {
    const asked: string[] = [];
    server.use(
      http.get('*/api/v1/search', ({ request }) => {
        asked.push(new URL(request.url).searchParams.get('q') ?? '');
        const hit = { type: 'deployment', id: 'dep_1', name: 'support', status: 'ready', version: null };
        return HttpResponse.json({ data: [{ ...hit, created_at: job.finished_at }] });
      }),
    );
    open('/datasets');
    await screen.findByText(/No datasets yet/);
    fireEvent.keyDown(document.documentElement, { key: 'k', code: 'KeyK', ctrlKey: true });
    const box = await screen.findByRole('textbox', { name: 'Search' });
    fireEvent.change(box, { target: { value: 'supp' } });
    expect(await screen.findByRole('option', { name: /support/ })).toBeDefined();
    expect(asked).toEqual(['supp']);
    fireEvent.keyDown(box, { key: 'Enter', code: 'Enter' });
    await waitFor(() => expect(window.location.pathname).toBe('/deployments/support'));
  });

  it('opens on a hasty Enter what was typed last, not what is still listed', async () => {
    server.use(
      http.get('*/api/v1/search', async ({ request }) => {
        const name = new URL(request.url).searchParams.get('q') ?? '';
        if (name === 'second') await delay(300);
        const hit = { type: 'deployment', id: 'dep_1', name, status: 'ready', version: null };
        return HttpResponse.json({ data: [{ ...hit, created_at: job.finished_at }] });
      }),
    );
    open('/datasets');
    await screen.findByText(/No datasets yet/);
    fireEvent.keyDown(document.documentElement, { key: 'k', code: 'KeyK', ctrlKey: true });
    const box = await screen.findByRole('textbox', { name: 'Search' });
    fireEvent.change(box, { target: { value: 'first' } });
    await screen.findByRole('option', { name: /first/ });
    fireEvent.change(box, { target: { value: 'second' } });
    fireEvent.keyDown(box, { key: 'Enter', code: 'Enter' });
    await waitFor(() => expect(window.location.pathname).not.toBe('/datasets'));
    expect(window.location.pathname).toBe('/deployments/second');
  });

  it('offers what can be done', async () => {
    open('/datasets');
    fireEvent.click(await screen.findByRole('button', { name: 'Search' }));
    fireEvent.click(await screen.findByRole('option', { name: 'Go to Settings' }));
    expect(await screen.findByRole('heading', { name: 'Settings' })).toBeDefined();
  });
});
