// @vitest-environment jsdom
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from '~/app/App';
import { safeNext } from '~/app/guards';
import { markSession } from '../browser';

const refusal = (message: string) => ({ error: { code: 'x', message, type: 'x', param: null } });
const session = {
  user: { id: 'usr_1', email: 'ada@example.com' },
  workspace: { id: 'ws_1', name: 'Acme' },
  role: 'owner',
  scopes: ['read', 'write', 'predict', 'admin'],
};

type Answers = Record<string, [status: number, body: unknown]>;

/** A server that gives fixed answers, by method and path. */
function serve(answers: Answers) {
  const calls: Request[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    calls.push(request);
    const route = `${request.method} ${new URL(request.url).pathname}`;
    const [status, body] = answers[route] ?? [200, { data: [], next_cursor: null }];
    return Response.json(body, { status });
  });
  return calls;
}

beforeEach(() => window.history.replaceState(null, '', '/'));

describe('who comes in', () => {
  it('is asked to set up an empty server, which is asked for nothing else', async () => {
    markSession(false);
    const calls = serve({ 'GET /api/v1/setup': [200, { needed: true }] });
    render(<App />);
    expect(await screen.findByRole('button', { name: 'Create the workspace' })).toBeDefined();
    expect(new Set(calls.map(({ url }) => new URL(url).pathname))).toEqual(new Set(['/api/v1/setup']));
  });

  it('is sent to sign in where the session has ended', async () => {
    serve({ 'GET /api/v1/session': [401, refusal('')], 'GET /api/v1/setup': [200, { needed: false }] });
    render(<App />);
    expect(await screen.findByRole('button', { name: 'Sign in' })).toBeDefined();
  });

  it('signs in, with the server’s words if that fails', async () => {
    markSession(false);
    const answers: Answers = {
      'GET /api/v1/setup': [200, { needed: false }],
      'POST /api/v1/session': [401, refusal('Email or password is wrong.')],
    };
    const calls = serve(answers);
    render(<App />);
    fireEvent.change(await screen.findByRole('textbox', { name: /Email/ }), {
      target: { value: 'ada@example.com' },
    });
    fireEvent.change(screen.getByLabelText(/^Password/), { target: { value: 'wrong' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('Email or password is wrong.')).toBeDefined();

    answers['POST /api/v1/session'] = [200, session];
    markSession(true);
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByText('Acme')).toBeDefined();
    const write = calls.findLast(({ method }) => method === 'POST');
    expect(write?.headers.get('x-tuneyard-csrf')).toBe('1');
  });

  it('reads the page in the language that this browser remembers', async () => {
    localStorage.setItem('tuneyard.language', 'zh-CN');
    serve({ 'GET /api/v1/session': [200, session] });
    render(<App />);
    await waitFor(() => expect(screen.getAllByText('数据集').length).toBeGreaterThan(0));
    expect(document.documentElement.lang).toBe('zh-CN');
  });
});

describe('safeNext', () => {
  it.each([
    [undefined, '/'],
    ['/jobs/job_1', '/jobs/job_1'],
    ['https://elsewhere.example', '/'],
    ['//elsewhere.example', '/'],
    ['/\\elsewhere.example', '/'],
  ])('leads %j to %j', (next, place) => {
    expect(safeNext(next)).toBe(place);
  });
});
