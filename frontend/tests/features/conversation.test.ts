import { describe, expect, it } from 'vitest';
import { messagesFor, speedOf, type Turn } from '~/features/chat/conversation';

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
