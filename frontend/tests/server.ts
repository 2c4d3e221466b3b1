import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll } from 'vitest';

const EMPTY_PAGE = { data: [], next_cursor: null };

export const SESSION = {
  user: { id: 'usr_1', email: 'ada@example.com' },
  workspace: { id: 'ws_1', name: 'Acme' },
  role: 'owner',
  scopes: ['read', 'write', 'predict', 'admin'],
};
export const QUIET = { active: [], active_count: 0, ended: [] };

/** The api as a browser sees it: signed in, with an empty workspace. A test overrides what it is about. */
export const server = setupServer(
  http.get('*/api/v1/session', () => HttpResponse.json(SESSION)),
  http.get('*/api/v1/activity', () => HttpResponse.json(QUIET)),
  http.get('*/api/v1/*', () => HttpResponse.json(EMPTY_PAGE)),
);

/** A refusal in the API's one shape. */
export function refusal(status: number, code: string, message: string, param: string | null = null) {
  return HttpResponse.json({ error: { code, message, type: 'x', param } }, { status });
}

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());
