// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { begunBy } from '~/features/chat/blanks';
import ChatPlayground from '~/features/chat/ChatPlayground';
import { CHAT_CODE, python } from '~/features/chat/chatCode';
import { messagesFor, speedOf, type Turn } from '~/features/chat/conversation';
import { bodyOf, type ChatBody, inMannerOf, type Taught, USUAL } from '~/features/chat/settings';
import { I18nProvider } from '~/i18n/I18nProvider';
import { refusal, server } from '../server';

const CHATS = '*/v1/chat/completions';
const deployment = {
  id: 'dep_1',
  name: 'faq',
  revision: 1,
  urls: { openai: 'http://host/v1', predict: '', huggingface: '', page: '' },
};
const DECODING = { temperature: 0, frequency_penalty: 0.3, logit_bias: { '2': -1 } };
const TAUGHT: Taught = { system: '', template: '', decoding: DECODING };

function chunk(content: string, finish: string | null = null) {
  return { choices: [{ index: 0, delta: { content }, finish_reason: finish }], usage: null };
}
const USAGE = { choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } };
const event = (data: unknown) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

/** A stream that stays open where it does not say that it ends. */
function stream(...parts: string[]) {
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

/** What was asked, and the page on which it is. */
function show(answer: (body: ChatBody, request: Request) => Response, taught = TAUGHT) {
  const bodies: ChatBody[] = [];
  server.use(
    http.get('*/v1/models', () =>
      HttpResponse.json({ object: 'list', data: [{ id: 'faq' }, { id: 'smol' }], has_more: false }),
    ),
    http.post(CHATS, async ({ request }) => {
      const body = (await request.json()) as ChatBody;
      bodies.push(body);
      return answer(body, request);
    }),
  );
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider>
        <I18nProvider>
          <ChatPlayground deployment={deployment} base="smol" taught={taught} focus={0} />
        </I18nProvider>
      </MantineProvider>
    </QueryClientProvider>,
  );
  return bodies;
}

async function compare() {
  const beside = await screen.findByLabelText<HTMLInputElement>('Beside the untuned model');
  await waitFor(() => expect(beside.disabled).toBe(false));
  fireEvent.click(beside);
}

function say(text: string) {
  const area = screen.getByLabelText('Your message');
  fireEvent.change(area, { target: { value: text } });
  fireEvent.keyDown(area, { key: 'Enter' });
}

describe('the playground of a model that writes', () => {
  it('shows what a model thought, apart from its answer, and does not tell it later', async () => {
    const thought = {
      choices: [{ index: 0, delta: { reasoning_content: 'A parcel …' }, finish_reason: null }],
    };
    const bodies = show(() =>
      stream(event(thought), event(chunk('On its way.')), event(chunk('', 'stop')), event('[DONE]')),
    );
    say('Where is it?');
    expect(await screen.findByText('On its way.')).toBeDefined();
    expect(screen.getByText('What it thought first')).toBeDefined();
    expect(screen.getByText('A parcel …').closest('details')?.open).toBe(false);
    say('And then?');
    await waitFor(() => expect(bodies.length).toBe(2));
    expect(JSON.stringify(bodies[1])).not.toContain('A parcel');
  });

  it('shows the answer with its tokens, and goes on with what was said', async () => {
    // Cut in the middle of an event and of a character.
    const text = event(chunk('It is ')) + event(chunk('早', 'stop')) + event(USAGE) + event('[DONE]');
    const bodies = show(() => stream(text.slice(0, 30), text.slice(30, 95), text.slice(95)));
    say('Where is it?');
    expect(await screen.findByText('It is 早')).toBeDefined();
    expect(await screen.findByText(/^3 tokens · 7 tokens read/)).toBeDefined();
    expect(bodies[0]).toMatchObject({ model: 'faq', stream: true, stream_options: { include_usage: true } });
    say('And then?');
    await waitFor(() => expect(bodies.length).toBe(2));
    expect(bodies[1]?.messages).toEqual([
      { role: 'user', content: 'Where is it?' },
      { role: 'assistant', content: 'It is 早' },
      { role: 'user', content: 'And then?' },
    ]);
  });

  it('asks the untuned model beside it, each with its own answers', async () => {
    const bodies = show(({ model }) => stream(event(chunk(`I am ${model}`, 'stop')), event('[DONE]')));
    await compare();
    say('Who?');
    expect(await screen.findByText('I am faq')).toBeDefined();
    expect(await screen.findByText('I am smol')).toBeDefined();
    await screen.findByText('Answer again');
    say('Really?');
    await waitFor(() => expect(bodies.length).toBe(4));
    expect(
      bodies.find(({ model, messages }) => model === 'smol' && messages.length === 3)?.messages[1],
    ).toEqual({
      role: 'assistant',
      content: 'I am smol',
    });
  });

  it('has both answer in the manner of the exam, and copies what is sent', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    const bodies = show(() => stream(event(chunk('Yes', 'stop')), event('[DONE]')));
    await compare();
    say('Is it fair?');
    await waitFor(() => expect(bodies.length).toBe(2));
    const [tuned, untuned] = bodies.map(({ model: _, ...asked }) => asked);
    expect(untuned).toEqual(tuned);
    expect(untuned).toMatchObject(DECODING);
    await screen.findByText('Answer again');
    fireEvent.click(screen.getByRole('button', { name: 'Copy as code: smol, untuned' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'curl' }));
    expect(writeText).toHaveBeenCalledWith(
      expect.stringContaining('"temperature":0,"frequency_penalty":0.3,"logit_bias":{"2":-1}'),
    );
  });

  it('shows the question that it was taught by, and begins one of that form', async () => {
    const template = 'Summarise for {{reader}}: {{text}}';
    const bodies = show(() => stream(event('[DONE]')), { ...TAUGHT, template });
    expect(screen.getByText('{{text}}').tagName).toBe('MARK');
    const area = screen.getByLabelText<HTMLTextAreaElement>('Your message');
    const marked = () => area.value.slice(area.selectionStart, area.selectionEnd);
    const begin = () => fireEvent.click(screen.getByRole('button', { name: 'Ask in this form' }));
    begin();
    expect(area.value).toBe(template);
    expect(marked()).toBe('{{reader}}');
    fireEvent.change(area, { target: { value: 'Summarise for children: {{text}}' } });
    begin();
    expect(marked()).toBe('{{text}}');
    expect(screen.getByText('Still to be filled in: {{text}}')).toBeDefined();
    say('Summarise for children: It rains.');
    await waitFor(() => expect(bodies.length).toBe(1));
    expect(screen.queryByText(/^Still to be filled in/)).toBeNull();
  });

  it('stops the request where somebody stops it, and keeps what was written', async () => {
    let aborted = false;
    show((_, request) => {
      request.signal.addEventListener('abort', () => {
        aborted = true;
      });
      return stream(event(chunk('Once upon')), 'open');
    });
    say('Tell me');
    expect(await screen.findByText('Once upon')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    expect(await screen.findByText(/^stopped · about 1 token/)).toBeDefined();
    await waitFor(() => expect(aborted).toBe(true));
  });

  it('tells a refusal, an error inside of the stream and a lost connection as sentences', async () => {
    const answers = [
      refusal(429, 'queue_full', 'Too many ask at once. Try again in 1 s.'),
      stream(
        event(chunk('So')),
        event({ error: { message: 'Out of memory.', type: 'server_error', code: 'oom' } }),
      ),
      stream(event(chunk('Half'))),
    ];
    show(() => answers.shift() ?? stream(event('[DONE]')));
    say('Hi');
    expect(await screen.findByText(/Too many ask at once/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(/Out of memory/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Half')).toBeDefined();
    expect(await screen.findByRole('alert')).toBeDefined();
  });

  it('sends what was set, and nothing that was not', async () => {
    const bodies = show(() => stream(event('[DONE]')));
    fireEvent.change(screen.getByLabelText('System prompt'), { target: { value: 'Be brief.' } });
    fireEvent.change(screen.getByLabelText('Temperature'), { target: { value: '0.2' } });
    fireEvent.change(screen.getByLabelText('Form of the answer'), { target: { value: 'json_object' } });
    say('Hi');
    await waitFor(() => expect(bodies.length).toBe(1));
    const { stream: _, stream_options: __, ...asked } = bodies[0] as ChatBody;
    expect(asked).toEqual({
      model: 'faq',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      temperature: 0.2,
      max_tokens: 256,
      response_format: { type: 'json_object' },
    });
  });
});

describe('the manner of a tuned model', () => {
  const taught = { ...TAUGHT, system: 'Be brief.' };

  it('gives way to what was set', () => {
    expect(inMannerOf(taught, USUAL)).toMatchObject({ system: 'Be brief.', frequencyPenalty: 0.3 });
    const set = { ...USUAL, system: 'Be long.', frequencyPenalty: 0 };
    expect(inMannerOf(taught, set)).toEqual({ ...set, logitBias: { '2': -1 } });
  });

  it('is that of its own temperature, which is taken where none is set', () => {
    const warm = { ...USUAL, system: 'Be long.', temperature: 0.7 };
    expect(inMannerOf(taught, warm)).toEqual(warm);
    expect(inMannerOf(taught, { ...USUAL, temperature: undefined }).temperature).toBe(0);
  });

  it('has no penalty where a schema is kept', () => {
    expect(inMannerOf(taught, { ...USUAL, format: 'json_object' }).frequencyPenalty).toBeUndefined();
  });

  it('is left out of a request where there is nothing of it', () => {
    const plain = { ...DECODING, frequency_penalty: 0, logit_bias: {} };
    const body = bodyOf('smol', [], inMannerOf({ ...TAUGHT, decoding: plain }, USUAL));
    expect(body).toEqual({ model: 'smol', messages: [], temperature: 0, max_tokens: 256 });
  });
});

describe('a question of the form that was taught', () => {
  it('takes what was written into its last blank, once', () => {
    expect(begunBy('Sum up: {{text}}', '')).toBe('Sum up: {{text}}');
    expect(begunBy('Sum up: {{text}}', 'It costs $& and $1.')).toBe('Sum up: It costs $& and $1.');
    expect(begunBy('Sum up: {{text}}', 'Sum up: It rains.')).toBe('Sum up: It rains.');
    expect(begunBy('For {{who}}:\n{{text}}', 'It rains.')).toBe('For {{who}}:\nIt rains.');
    expect(begunBy('{{who}}:\n{{text}}', '{{who}}:\nIt rains.')).toBe('{{who}}:\nIt rains.');
  });
});

describe('a conversation', () => {
  const answer = {
    state: 'done',
    text: 'A',
    thought: '',
    pieces: 5,
    startedAt: 0,
    firstAt: 500,
    endedAt: 2500,
  } as const;

  it('leaves out what a model did not answer', () => {
    const turns = [
      { id: 1, question: 'One', answers: { a: answer, b: { ...answer, text: '' } } },
      { id: 2, question: 'Two', answers: { a: answer } },
    ] as unknown as Turn[];
    expect(messagesFor('b', turns, 'Three')).toEqual([{ role: 'user', content: 'Three' }]);
    expect(messagesFor('a', turns, 'Three').length).toBe(5);
  });

  it('is as fast as its tokens after the first one', () => {
    expect(speedOf({ ...answer, usage: { prompt_tokens: 1, completion_tokens: 21 } })).toEqual({
      tokens: 21,
      counted: true,
      perSecond: 10,
      wait: 0.5,
    });
  });
});

describe('the code', () => {
  const body = bodyOf('faq', [{ role: 'user', content: "It's “it”" }], {
    ...USUAL,
    temperature: 0,
    stop: ['\n'],
  });

  it('asks exactly the same in every language', () => {
    const call = { url: 'http://host/v1', body, apiKey: 'ty_1' };
    expect(CHAT_CODE.curl(call)).toContain(`"content":"It'\\''s “it”"`);
    expect(CHAT_CODE.openai(call)).toContain('    temperature=0,\n    max_tokens=256,\n    stop=["\\n"],');
    expect(CHAT_CODE.javascript(call)).toContain('"max_tokens": 256');
    expect(CHAT_CODE.huggingface({ ...call, apiKey: undefined })).toContain('os.environ["TUNEYARD_API_KEY"]');
  });

  it('is Python where it is Python', () => {
    expect(python({ a: [true, null, 'x'], b: { c: false } })).toBe(
      '{"a": [True, None, "x"], "b": {"c": False}}',
    );
  });
});
