import { fireEvent, screen, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect } from 'vitest';
import ChatPlayground from '~/features/chat/ChatPlayground';
import type { ChatBody, Taught } from '~/features/chat/settings';
import { server } from '../server';
import { show } from '../show';

const CHATS = '*/v1/chat/completions';
export const deployment = {
  id: 'dep_1',
  name: 'faq',
  revision: 1,
  urls: { openai: 'http://host/v1', predict: '', huggingface: '', page: '' },
};
export const DECODING = { temperature: 0, frequency_penalty: 0.3, logit_bias: { '2': -1 } };
export const TAUGHT: Taught = { system: '', template: '', decoding: DECODING };

export function chunk(content: string, finish: string | null = null) {
  return { choices: [{ index: 0, delta: { content }, finish_reason: finish }], usage: null };
}
export const USAGE = { choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } };
export const event = (data: unknown) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

/** A stream that stays open where it does not say that it ends. */
export function stream(...parts: string[]) {
  const encoder = new TextEncoder();
  const open = parts.at(-1) === 'open';
  const body = new ReadableStream({
    start(controller) {
      for (const part of parts.filter((each) => each !== 'open')) controller.enqueue(encoder.encode(part));
      if (!open) controller.close();
    },
  });
  return new HttpResponse(body, { headers: { 'content-type': 'text/event-stream' } });
}

/** What is asked, and the page on which it is. */
export function chat(
  answer: (body: ChatBody, request: Request) => Response,
  taught = TAUGHT,
  askable = ['faq', 'smol'],
) {
  const bodies: ChatBody[] = [];
  server.use(
    http.get('*/v1/models', ({ request }) => {
      const limit = new URL(request.url).searchParams.get('limit');
      const found = askable.slice(0, limit === null ? undefined : Number(limit));
      return HttpResponse.json({ object: 'list', data: found.map((id) => ({ id })), has_more: false });
    }),
    http.post(CHATS, async ({ request }) => {
      const body = (await request.json()) as ChatBody;
      bodies.push(body);
      return answer(body, request);
    }),
  );
  show(<ChatPlayground deployment={deployment} base="smol" taught={taught} focus={0} />);
  return bodies;
}

export function say(text: string) {
  const area = screen.getByLabelText('Your message');
  fireEvent.change(area, { target: { value: text } });
  fireEvent.keyDown(area, { key: 'Enter' });
}

export async function compare() {
  const beside = await screen.findByLabelText<HTMLInputElement>('Beside the untuned model');
  await waitFor(() => expect(beside.disabled).toBe(false));
  fireEvent.click(beside);
}

/** An answer that becomes longer as it is told to. */
export function growing() {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const body = new Response(
    new ReadableStream({
      start: (made) => {
        controller = made;
      },
    }),
    { headers: { 'content-type': 'text/event-stream' } },
  );
  return { body, more: (text: string) => controller.enqueue(encoder.encode(event(chunk(text)))) };
}
