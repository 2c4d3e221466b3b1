import type { ChatMessage } from './settings';
import type { Usage } from './stream';

/** What a model wrote in a turn, so far. */
export interface Answer {
  state: 'writing' | 'done' | 'stopped' | 'failed';
  text: string;
  /** What it thought before it answered; not part of what it is told later. */
  thought: string;
  /** Pieces that came; about the tokens, where the server did not count them. */
  pieces: number;
  usage?: Usage;
  finish?: string;
  error?: unknown;
  startedAt: number;
  firstAt?: number;
  endedAt?: number;
}

/** A question, and the answer of each model that was asked. */
export interface Turn {
  id: number;
  question: string;
  answers: Record<string, Answer>;
}

export function began(now: number): Answer {
  return { state: 'writing', text: '', thought: '', pieces: 0, startedAt: now };
}

export function withMore(answer: Answer, part: 'text' | 'thought', more: string, now: number): Answer {
  return {
    ...answer,
    [part]: answer[part] + more,
    pieces: answer.pieces + 1,
    firstAt: answer.firstAt ?? now,
  };
}

/** The turns with one answer changed. */
export function changed(
  turns: Turn[],
  id: number,
  model: string,
  change: (answer: Answer) => Answer,
): Turn[] {
  return turns.map((turn) => {
    const answer = turn.answers[model];
    return turn.id === id && answer
      ? { ...turn, answers: { ...turn.answers, [model]: change(answer) } }
      : turn;
  });
}

/** What a model is given: the turns it answered, then what is asked now. */
export function messagesFor(model: string, before: Turn[], question: string): ChatMessage[] {
  const said = before.flatMap(({ question: asked, answers }): ChatMessage[] => {
    const text = answers[model]?.text ?? '';
    return text.trim() === ''
      ? []
      : [
          { role: 'user', content: asked },
          { role: 'assistant', content: text },
        ];
  });
  return [...said, { role: 'user', content: question }];
}

/** How fast it was written: tokens, and those after the first one by the time they took. */
export function speedOf({ usage, pieces, firstAt, endedAt, startedAt }: Answer) {
  const tokens = usage?.completion_tokens ?? pieces;
  const seconds = firstAt && endedAt ? (endedAt - firstAt) / 1000 : 0;
  return {
    tokens,
    counted: usage !== undefined,
    perSecond: seconds > 0 && tokens > 1 ? (tokens - 1) / seconds : undefined,
    wait: firstAt ? (firstAt - startedAt) / 1000 : undefined,
  };
}
