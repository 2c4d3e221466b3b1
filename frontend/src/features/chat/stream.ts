import { CSRF_HEADERS } from '~/api/client';
import { ApiError } from '~/api/errors';
import type { ChatBody } from './settings';

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
}

export interface Listener {
  onText: (text: string) => void;
  /** What a model that thinks writes before its answer. */
  onThought: (text: string) => void;
  onUsage: (usage: Usage) => void;
  /** Why the answer ended: `stop`, or `length` where it was cut off. */
  onFinish: (reason: string) => void;
}

interface Delta {
  content?: string | null;
  reasoning_content?: string | null;
}

interface Chunk {
  choices?: { delta?: Delta; finish_reason?: string | null }[];
  usage?: Usage | null;
  error?: unknown;
}

const ENDED = '[DONE]';

/**
 * Asks `/v1/chat/completions` and tells the answer as it is written. Throws ApiError where the server refuses, breaks
 * off or can't be reached, and the signal's AbortError where somebody stopped it.
 */
export async function streamChat(body: ChatBody, signal: AbortSignal, listener: Listener): Promise<void> {
  const response = await fetch('/v1/chat/completions', {
    method: 'POST',
    signal,
    headers: { ...CSRF_HEADERS, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }),
  }).catch((error: unknown) => {
    throw signal.aborted ? error : ApiError.unreachable();
  });
  if (!response.ok) throw ApiError.from(response.status, await response.json().catch(() => undefined));
  for await (const data of events(response, signal)) {
    if (data === ENDED) return;
    tell(JSON.parse(data), listener);
  }
  // Without its end the answer may be a part only.
  throw ApiError.unreachable();
}

function tell({ choices, usage, error }: Chunk, listener: Listener): void {
  if (error) throw ApiError.from(500, { error });
  const [choice] = choices ?? [];
  if (choice?.delta?.reasoning_content) listener.onThought(choice.delta.reasoning_content);
  if (choice?.delta?.content) listener.onText(choice.delta.content);
  if (choice?.finish_reason) listener.onFinish(choice.finish_reason);
  if (usage) listener.onUsage(usage);
}

/** The data of each event, however the bytes were cut on their way. */
async function* events(response: Response, signal: AbortSignal): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  // A browser ends the body with the request; here it is made sure of.
  signal.addEventListener('abort', () => void reader?.cancel().catch(() => undefined));
  let waiting = '';
  while (reader) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw signal.aborted ? error : ApiError.unreachable();
    });
    if (done) return;
    const lines = (waiting + value).split(/\r?\n/);
    waiting = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data:')) yield line.slice(5).trim();
    }
  }
}
