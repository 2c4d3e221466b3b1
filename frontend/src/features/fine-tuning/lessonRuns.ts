import type { ChatPreview } from '~/api/types';

export type Lesson = ChatPreview['lessons'][number];

export interface Run {
  /** Of its first token. */
  start: number;
  text: string;
  learned: boolean;
  /** Tells one token from the next where each is shown. */
  odd: boolean;
}

/** The text in as few parts as can be told apart: by what is learned, or token by token. */
export function runsOf({ tokens }: Lesson, single: boolean): Run[] {
  const runs: Run[] = [];
  tokens.forEach(({ text, learned }, start) => {
    const last = runs.at(-1);
    // A character of several tokens stands in the first of them.
    if (last && (single ? text === '' : last.learned === learned)) last.text += text;
    else runs.push({ start, text, learned, odd: single && last ? !last.odd : false });
  });
  return runs;
}

/** How many tokens the model learns to write; nothing foretells the first one. */
export function learnedOf({ tokens }: Lesson): number {
  return tokens.slice(1).filter(({ learned }) => learned).length;
}
