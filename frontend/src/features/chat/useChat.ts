import { useEffect, useRef, useState } from 'react';
import { type Answer, began, changed, messagesFor, type Turn, withMore } from './conversation';
import { keepTurns, keptTurns } from './keptTurns';
import { bodyOf, type ChatSettings } from './settings';
import { streamChat } from './stream';

/**
 * A conversation with one model or with two side by side, each with its own answers as history. The tab keeps it under
 * its name.
 */
export function useChat(name: string, settings: ChatSettings) {
  const [turns, setTurns] = useState(() => keptTurns(name));
  const newest = useRef(turns);
  const stopping = useRef<AbortController>(null);
  const next = useRef(1 + Math.max(0, ...turns.map(({ id }) => id)));
  const writing = turns.some(({ answers }) =>
    Object.values(answers).some(({ state }) => state === 'writing'),
  );
  useEffect(() => {
    newest.current = turns;
    if (!writing) keepTurns(name, turns);
  }, [name, turns, writing]);
  useEffect(
    () => () => {
      stopping.current?.abort();
      keepTurns(name, newest.current);
    },
    [name],
  );

  const write = async (models: string[], before: Turn[], question: string, kept: Turn['answers'] = {}) => {
    const id = next.current++;
    const control = new AbortController();
    stopping.current = control;
    const start = performance.now();
    const answers = { ...kept, ...Object.fromEntries(models.map((model) => [model, began(start)])) };
    setTurns([...before, { id, question, answers }]);
    await Promise.all(
      models.map((model) => {
        const change = (how: (answer: Answer) => Answer) =>
          setTurns((known) => changed(known, id, model, how));
        return streamChat(bodyOf(model, messagesFor(model, before, question), settings), control.signal, {
          onText: (text) => change((answer) => withMore(answer, 'text', text, performance.now())),
          onThought: (text) => change((answer) => withMore(answer, 'thought', text, performance.now())),
          onUsage: (usage) => change((answer) => ({ ...answer, usage })),
          onFinish: (finish) => change((answer) => ({ ...answer, finish })),
        })
          .then(() => ending({ state: 'done' }))
          .catch((error: unknown) =>
            ending(control.signal.aborted ? { state: 'stopped' } : { state: 'failed', error }),
          )
          .then((ended) => change((answer) => ({ ...answer, ...ended })));
      }),
    );
  };

  return {
    turns,
    writing,
    ask: (models: string[], question: string) => write(models, turns, question),
    /** Asks the last question again. */
    again: (models: string[]) => {
      const last = turns.at(-1);
      if (last) void write(models, turns.slice(0, -1), last.question);
    },
    /** Asks those once more that failed at it; what others answered stays. */
    retry: () => {
      const last = turns.at(-1);
      const failed = Object.entries(last?.answers ?? {}).filter(([, { state }]) => state === 'failed');
      const models = failed.map(([model]) => model);
      if (last) void write(models, turns.slice(0, -1), last.question, last.answers);
    },
    stop: () => stopping.current?.abort(),
    forget: () => {
      stopping.current?.abort();
      setTurns([]);
    },
  };
}

function ending(how: Pick<Answer, 'state' | 'error'>): Partial<Answer> {
  return { ...how, endedAt: performance.now() };
}
