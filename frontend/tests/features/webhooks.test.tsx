// @vitest-environment jsdom
import '../browser';
import { fireEvent, render, screen, within } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { beforeEach, expect, it } from 'vitest';
import { App } from '~/app/App';
import { refusal, server } from '../server';

const LIST = '*/api/v1/webhooks';
const ONE = '*/api/v1/webhooks/wh_1';
const webhook = {
  id: 'wh_1',
  url: 'https://example.com/hook',
  events: ['job.failed'],
  enabled: true,
  off_reason: null,
  off_since: null,
  failing_since: null,
  delivered_at: '2026-01-02T12:00:00Z',
  old_secret_until: null,
  created_at: '2026-01-01T12:00:00Z',
};
const off = {
  ...webhook,
  enabled: false,
  off_reason: 'failing',
  off_since: '2026-01-02T12:00:00Z',
  failing_since: '2026-01-02T12:00:00Z',
};
const delivery = {
  id: 'dlv_1',
  message_id: 'msg_1',
  type: 'job.failed',
  status: 'failed',
  created_at: '2026-01-02T12:00:00Z',
  next_attempt_at: null,
  payload: { type: 'job.failed', data: { name: 'Support tickets' } },
  attempts: [
    {
      at: '2026-01-02T12:00:00Z',
      seconds: 0.12,
      status_code: null,
      answer: null,
      error: { code: 'unknown_host', message: 'There is no host of this name. Name or service not known' },
    },
  ],
};

function open(path: string) {
  window.history.replaceState(null, '', path);
  render(<App />);
}

beforeEach(() => localStorage.setItem('tuneyard.language', 'en'));

it('an empty list says what webhooks are good for', async () => {
  open('/settings/webhooks');
  expect(await screen.findByText(/No webhooks yet/)).toBeDefined();
});

it('a list that can’t be had is an error with a way on', async () => {
  server.use(http.get(LIST, () => refusal(503, 'unavailable', 'The words of the server.')));
  open('/settings/webhooks');
  const note = await screen.findByRole('alert');
  expect(within(note).getByRole('button', { name: 'Try again' })).toBeDefined();
});

it('one that is off by its failures says so, and can be switched on', async () => {
  let sent: unknown;
  server.use(
    http.get(ONE, () => HttpResponse.json(off)),
    http.patch(ONE, async ({ request }) => {
      sent = await request.json();
      return HttpResponse.json(webhook);
    }),
  );
  open('/settings/webhooks/wh_1');
  expect(await screen.findByText(/Nothing has arrived for three days/)).toBeDefined();
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Send a test' }).disabled).toBe(true);
  fireEvent.click(screen.getByRole('button', { name: 'Switch it on' }));
  await screen.findByText('off');
  expect(sent).toEqual({ enabled: true });
});

it('a delivery has an address, and tells in words why nobody answered', async () => {
  server.use(
    http.get(ONE, () => HttpResponse.json(webhook)),
    http.get(`${ONE}/deliveries/dlv_1`, () => HttpResponse.json(delivery)),
    http.get(`${ONE}/deliveries`, ({ request }) => {
      const wanted = new URL(request.url).searchParams.get('status');
      return HttpResponse.json({ data: wanted === 'failed' ? [delivery] : [], next_cursor: null });
    }),
  );
  open('/settings/webhooks/wh_1?show=failed&delivery=dlv_1');
  const panel = await screen.findByRole('dialog');
  expect(await within(panel).findByText('There is no host of this name')).toBeDefined();
  expect(within(panel).getByText(/"name": "Support tickets"/)).toBeDefined();
  expect(await screen.findByText('Support tickets')).toBeDefined();
});

it('a delivery that was given up without an attempt is not about to be sent', async () => {
  server.use(
    http.get(ONE, () => HttpResponse.json(off)),
    http.get(`${ONE}/deliveries/dlv_1`, () => HttpResponse.json({ ...delivery, attempts: [] })),
  );
  open('/settings/webhooks/wh_1?delivery=dlv_1');
  const panel = await screen.findByRole('dialog');
  expect(await within(panel).findByText(/given up before it was sent/)).toBeDefined();
});

it('older deliveries that can’t be had are told, beside those that are there', async () => {
  server.use(
    http.get(ONE, () => HttpResponse.json(webhook)),
    http.get(`${ONE}/deliveries`, ({ request }) =>
      new URL(request.url).searchParams.has('cursor')
        ? refusal(503, 'unavailable', 'The words of the server.')
        : HttpResponse.json({ data: [delivery], next_cursor: 'older' }),
    ),
  );
  open('/settings/webhooks/wh_1');
  fireEvent.click(await screen.findByRole('button', { name: 'Show older ones' }));
  expect(await screen.findByText('The words of the server.')).toBeDefined();
  expect(screen.getByText('Support tickets')).toBeDefined();
});
