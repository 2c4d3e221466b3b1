// @vitest-environment jsdom
import '../browser';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { refusal } from '../server';
import { chat, chunk, compare, DECODING, event, growing, say, stream, TAUGHT, USAGE } from './chatting';

describe('the playground of a model that writes', () => {
  it('shows what a model thought, apart from its answer, and does not tell it later', async () => {
    const thought = {
      choices: [{ index: 0, delta: { reasoning_content: 'A parcel …' }, finish_reason: null }],
    };
    const bodies = chat(() =>
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
    const bodies = chat(() => stream(text.slice(0, 30), text.slice(30, 95), text.slice(95)));
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
    const bodies = chat(({ model }) => stream(event(chunk(`I am ${model}`, 'stop')), event('[DONE]')));
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

  it('stops the request where somebody stops it, and keeps what was written', async () => {
    let aborted = false;
    chat((_, request) => {
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

  it('stops nothing by the second click of two on what sent it', async () => {
    chat(() => stream(event(chunk('Once upon')), 'open'));
    fireEvent.change(screen.getByLabelText('Your message'), { target: { value: 'Tell me' } });
    fireEvent.click(screen.getByRole('button', { name: 'Send' }), { detail: 1 });
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }), { detail: 2 });
    expect(await screen.findByText('Once upon')).toBeDefined();
    expect(screen.queryByText(/^stopped/)).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }), { detail: 1 });
    expect(await screen.findByText(/^stopped/)).toBeDefined();
  });

  it('stops nothing by the Escape that gives up a Chinese word', async () => {
    const { body, more } = growing();
    chat(() => body);
    say('Tell me');
    const area = screen.getByLabelText('Your message');
    fireEvent.keyDown(area, { key: 'Escape', isComposing: true });
    more('Once upon');
    expect(await screen.findByText('Once upon')).toBeDefined();
    fireEvent.keyDown(area, { key: 'Escape' });
    expect(await screen.findByText(/^stopped/)).toBeDefined();
  });

  it('sends nothing by the Enter that ends a Chinese word', async () => {
    const bodies = chat(() => stream(event('[DONE]')));
    const area = screen.getByLabelText<HTMLTextAreaElement>('Your message');
    fireEvent.change(area, { target: { value: '早' } });
    fireEvent.keyDown(area, { key: 'Enter', isComposing: true });
    fireEvent.keyDown(area, { key: 'Enter', keyCode: 229 });
    expect(area.value).toBe('早');
    fireEvent.keyDown(area, { key: 'Enter', keyCode: 13 });
    await waitFor(() => expect(bodies.length).toBe(1));
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
    chat(() => answers.shift() ?? stream(event('[DONE]')));
    say('Hi');
    expect(await screen.findByText(/Too many ask at once/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(/Out of memory/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Half')).toBeDefined();
    expect(await screen.findByRole('alert')).toBeDefined();
  });

  it('asks only those again that failed, and keeps what the other answered', async () => {
    let full = true;
    const bodies = chat(({ model }) =>
      model === 'smol' && full
        ? refusal(429, 'queue_full', 'Too many ask at once.')
        : stream(event(chunk(`I am ${model}`, 'stop')), event('[DONE]')),
    );
    await compare();
    say('Who?');
    expect(await screen.findByText('I am faq')).toBeDefined();
    full = false;
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('I am smol')).toBeDefined();
    expect(screen.getByText('I am faq')).toBeDefined();
    expect(bodies.map(({ model }) => model).sort()).toEqual(['faq', 'smol', 'smol']);
  });

  it('says that the untuned model can’t be asked once that is known', async () => {
    chat(() => stream(event('[DONE]')), TAUGHT, ['faq']);
    expect(screen.queryByText(/can’t be asked here/)).toBeNull();
    expect(await screen.findByText('The untuned model smol can’t be asked here.')).toBeDefined();
    expect(screen.getByLabelText<HTMLInputElement>('Beside the untuned model').disabled).toBe(true);
  });

  it('finds it behind however many deployments', async () => {
    const others = Array.from({ length: 250 }, (_, place) => `other-${place}`);
    chat(() => stream(event('[DONE]')), TAUGHT, ['faq', ...others, 'smol']);
    await compare();
    expect(screen.queryByText(/can’t be asked here/)).toBeNull();
  });

  it('names whose answers those are that are shown beside each other no longer', async () => {
    chat(({ model }) => stream(event(chunk(`I am ${model}`, 'stop')), event('[DONE]')));
    await compare();
    say('Who?');
    await screen.findByText('Answer again');
    const named = () => within(screen.getByRole('log')).getByText('smol, untuned');
    expect(named().className).toContain('whose');
    fireEvent.click(screen.getByLabelText('Beside the untuned model'));
    expect(named().className).not.toContain('whose');
  });

  it('has both answer in the manner of the exam, and copies what is sent', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
    const bodies = chat(() => stream(event(chunk('Yes', 'stop')), event('[DONE]')));
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
});
