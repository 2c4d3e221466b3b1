import type { Answer, Turn } from './conversation';

/** The conversation that this tab has kept under a name; empty if there is none, or none that can be read. */
export function keptTurns(name: string): Turn[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(name) ?? '[]');
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** Keeps a conversation while the tab is open. Nobody writes on what is not over by then. */
export function keepTurns(name: string, turns: Turn[]): void {
  const kept = turns.map((turn) => ({ ...turn, answers: mapped(turn.answers, ended) }));
  try {
    sessionStorage.setItem(name, JSON.stringify(kept));
  } catch {
    // Without room for it the conversation is only on the screen.
  }
}

function ended(answer: Answer): Answer {
  return answer.state === 'done' ? answer : { ...answer, state: 'stopped', error: undefined };
}

function mapped(answers: Turn['answers'], change: (answer: Answer) => Answer): Turn['answers'] {
  return Object.fromEntries(Object.entries(answers).map(([model, answer]) => [model, change(answer)]));
}
