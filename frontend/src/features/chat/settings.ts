export const FORMATS = ['text', 'json_object', 'json_schema'] as const;
export type AnswerFormat = (typeof FORMATS)[number];

/** What was set in the playground; what is missing is left to the server. */
export interface ChatSettings {
  system: string;
  temperature?: number;
  topP?: number;
  maxTokens?: number;
  seed?: number;
  /** Texts at which an answer ends. */
  stop: string[];
  format: AnswerFormat;
  /** The JSON schema, as it was typed. */
  schema: string;
}

/** Always the likeliest answer: so the exam was taken, too. */
export const USUAL: ChatSettings = {
  system: '',
  temperature: 0,
  maxTokens: 256,
  stop: [],
  format: 'text',
  schema: '',
};

export const SCHEMA_EXAMPLE = '{"type": "object", "properties": {}}';

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** A request for a chat completion, in OpenAI's names. */
export interface ChatBody {
  model: string;
  messages: ChatMessage[];
  [parameter: string]: unknown;
}

/** The schema that was typed; nothing where it is no JSON object. */
export function schemaOf(typed: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(typed);
    return typeof found === 'object' && found !== null && !Array.isArray(found)
      ? (found as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

export function bodyOf(model: string, messages: ChatMessage[], settings: ChatSettings): ChatBody {
  const { system, temperature, topP, maxTokens, seed, stop } = settings;
  const told: ChatMessage[] = system.trim() ? [{ role: 'system', content: system }] : [];
  const parameters = {
    temperature,
    top_p: topP,
    max_tokens: maxTokens,
    seed,
    stop: stop.length > 0 ? stop : undefined,
    response_format: responseFormat(settings),
  };
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return { model, messages: [...told, ...messages], ...Object.fromEntries(given) };
}

function responseFormat({ format, schema }: ChatSettings): unknown {
  if (format === 'text') return undefined;
  if (format === 'json_object') return { type: format };
  return { type: format, json_schema: { name: 'answer', strict: true, schema: schemaOf(schema) ?? {} } };
}
