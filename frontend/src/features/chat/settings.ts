import type { ModelVersion } from '~/api/types';

export const FORMATS = ['text', 'json_object', 'json_schema'] as const;
export type AnswerFormat = (typeof FORMATS)[number];

/** What was set in the playground; what is missing is left to the server. */
export interface ChatSettings {
  system: string;
  temperature?: number;
  topP?: number;
  frequencyPenalty?: number;
  maxTokens?: number;
  seed?: number;
  /** Texts at which an answer ends. */
  stop: string[];
  format: AnswerFormat;
  /** The JSON schema, as it was typed. */
  schema: string;
  /** Added to the scores of tokens, by their ids. */
  logitBias?: Record<string, number>;
}

/** What a tuned model does by itself, where a request says nothing. */
export interface Taught {
  /** What it is told first. */
  system: string;
  /** A text with blanks that asked each question while it learned; empty where the rows asked themselves. */
  template: string;
  /** How it chooses tokens. */
  decoding: ModelVersion['decoding'];
}

/** What a browser keeps: a system prompt only where one was written, the tuned one's changes with the version. */
export type KeptSettings = Omit<ChatSettings, 'system'> & { system?: string };

/** Always the likeliest answer: so the exam was taken, too. */
export const UNTOUCHED: KeptSettings = {
  temperature: 0,
  maxTokens: 256,
  stop: [],
  format: 'text',
  schema: '',
};

export const USUAL: ChatSettings = { ...UNTOUCHED, system: '' };

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

/**
 * The settings by which any model answers as the tuned one does by itself. Both models of the exam answered in that
 * manner, so that what was learned is compared and not a setting. What was set counts as ever; penalty and bias belong to
 * the temperature of the exam, and the penalty to texts: a schema has the same signs again and again.
 */
export function inMannerOf({ system, decoding }: Taught, settings: ChatSettings): ChatSettings {
  const told = { ...settings, system: settings.system.trim() ? settings.system : system };
  const temperature = settings.temperature ?? decoding?.temperature;
  if (!decoding || temperature !== decoding.temperature) return told;
  const penalty = settings.format === 'text' ? decoding.frequency_penalty : 0;
  return {
    ...told,
    temperature,
    frequencyPenalty: settings.frequencyPenalty ?? (penalty || undefined),
    logitBias: decoding.logit_bias,
  };
}

export function bodyOf(model: string, messages: ChatMessage[], settings: ChatSettings): ChatBody {
  const { system, temperature, topP, frequencyPenalty, maxTokens, seed, stop, logitBias = {} } = settings;
  const told: ChatMessage[] = system.trim() ? [{ role: 'system', content: system }] : [];
  const parameters = {
    temperature,
    top_p: topP,
    frequency_penalty: frequencyPenalty,
    logit_bias: Object.keys(logitBias).length > 0 ? logitBias : undefined,
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
