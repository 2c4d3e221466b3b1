// @vitest-environment jsdom
import '../browser';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { refusal } from '../server';
import { chat, chunk, compare, event, growing, say, stream } from './chatting';

const message = () => screen.getByLabelText<HTMLTextAreaElement>('Your message');
const leaveAndReturn = () => {
  cleanup();
  return chat(() => stream(event('[DONE]')));
};

describe('a conversation', () => {
  it('goes on where it was for who has looked at another page, also in the middle of an answer', async () => {
    const answers = [
      stream(event(chunk('Yes', 'stop')), event('[DONE]')),
      stream(event(chunk('Yes, I am', 'stop')), event('[DONE]')),
      stream(event(chunk('Once upon')), 'open'),
      stream(event(chunk('Long, long ago')), 'open'),
    ];
    const bodies = chat(() => answers.shift() ?? refusal(500, 'internal_error', 'Nobody expected this.'));
    await compare();
    say('Are you there?');
    await screen.findByText('Answer again');
    say('Tell me');
    await screen.findByText('Once upon');
    await screen.findByText('Long, long ago');
    cleanup();
    const later = chat(() => stream(event('[DONE]')));
    expect(screen.getByText('Yes, I am')).toBeDefined();
    expect(screen.getAllByText(/^stopped/)).toHaveLength(2);
    await waitFor(() =>
      expect(screen.getByLabelText<HTMLInputElement>('Beside the untuned model').checked).toBe(true),
    );
    say('Go on');
    await waitFor(() => expect(later.length).toBe(2));
    expect(bodies).toHaveLength(4);
    expect(later[0]?.messages.map(({ content }) => content)).toEqual([
      'Are you there?',
      'Yes',
      'Tell me',
      'Once upon',
      'Go on',
    ]);
    fireEvent.click(screen.getByRole('button', { name: 'New conversation' }));
    cleanup();
    chat(() => stream(event('[DONE]')));
    expect(screen.queryByText('Are you there?')).toBeNull();
  });
});

describe('what somebody has written and not sent', () => {
  it('is there still for who has looked at another page, until it is sent', async () => {
    chat(() => stream(event(chunk('Yes', 'stop')), event('[DONE]')));
    fireEvent.change(message(), { target: { value: 'A long question, which' } });
    leaveAndReturn();
    expect(message().value).toBe('A long question, which');
    say('Are you there?');
    await screen.findByText('Answer again');
    leaveAndReturn();
    expect(message().value).toBe('');
  });
});

describe('where somebody reads', () => {
  it('stays while an answer grows, and is the end again with the next question', async () => {
    const { body, more } = growing();
    const answers = [body];
    chat(() => stream(event(chunk('Yes', 'stop')), event('[DONE]')));
    say('One');
    await screen.findByText('Answer again');
    cleanup();
    chat(() => answers.pop() ?? stream(event('[DONE]')));
    const box = screen.getByRole('log');
    Object.defineProperties(box, { scrollHeight: { value: 1000 }, clientHeight: { value: 200 } });
    say('Two');
    more('Once');
    await screen.findByText('Once');
    expect(box.scrollTop).toBe(1000);
    box.scrollTop = 100;
    fireEvent.scroll(box);
    more(' upon a time');
    await screen.findByText('Once upon a time');
    expect(box.scrollTop).toBe(100);
    fireEvent.keyDown(message(), { key: 'Escape' });
    await screen.findByText(/^stopped/);
    say('Three');
    await waitFor(() => expect(box.scrollTop).toBe(1000));
  });
});

describe('the direction of a text', () => {
  it('is its own, whatever the language of the page', async () => {
    chat(() => stream(event(chunk('على الطريق.', 'stop')), event('[DONE]')));
    say('أين طلبي؟');
    expect((await screen.findByText('على الطريق.')).dir).toBe('auto');
    expect(screen.getByText('أين طلبي؟').dir).toBe('auto');
    expect(message().dir).toBe('auto');
  });
});
