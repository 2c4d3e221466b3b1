import type { ChatBody } from './settings';

export const CHAT_LANGUAGES = ['curl', 'openai', 'javascript', 'huggingface'] as const;
export type ChatLanguage = (typeof CHAT_LANGUAGES)[number];

export interface ChatCall {
  /** The `base_url` of the OpenAI client. */
  url: string;
  body: ChatBody;
  /** Not given before one is made: then the code takes it from the environment. */
  apiKey?: string;
}

/** Code that asks exactly this and runs as it is pasted. */
export const CHAT_CODE: Record<ChatLanguage, (call: ChatCall) => string> = {
  curl: ({ url, body, apiKey }) =>
    [
      `curl ${url}/chat/completions \\`,
      `  -H "Authorization: Bearer ${apiKey ?? '$TUNEYARD_API_KEY'}" \\`,
      '  -H "Content-Type: application/json" \\',
      `  -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`,
    ].join('\n'),
  openai: ({ url, body, apiKey }) =>
    [
      ...(apiKey ? [] : ['import os']),
      'from openai import OpenAI',
      '',
      `client = OpenAI(base_url=${JSON.stringify(url)}, api_key=${pythonKey(apiKey)})`,
      'completion = client.chat.completions.create(',
      ...pythonArguments(body),
      ')',
      'print(completion.choices[0].message.content)',
    ].join('\n'),
  javascript: ({ url, body, apiKey }) =>
    [
      "import OpenAI from 'openai';",
      '',
      `const client = new OpenAI({ baseURL: ${JSON.stringify(url)}, apiKey: ${
        apiKey ? JSON.stringify(apiKey) : 'process.env.TUNEYARD_API_KEY'
      } });`,
      `const completion = await client.chat.completions.create(${JSON.stringify(body, null, 2)});`,
      'console.log(completion.choices[0].message.content);',
    ].join('\n'),
  huggingface: ({ url, body, apiKey }) =>
    [
      ...(apiKey ? [] : ['import os']),
      'from huggingface_hub import InferenceClient',
      '',
      `client = InferenceClient(base_url=${JSON.stringify(url)}, api_key=${pythonKey(apiKey)})`,
      'completion = client.chat_completion(',
      ...pythonArguments(body),
      ')',
      'print(completion.choices[0].message.content)',
    ].join('\n'),
};

/** What has to be installed before the code runs. */
export const CHAT_INSTALL: Partial<Record<ChatLanguage, string>> = {
  openai: 'pip install openai',
  javascript: 'npm install openai',
  huggingface: 'pip install huggingface_hub',
};

function pythonKey(apiKey: string | undefined): string {
  return apiKey ? JSON.stringify(apiKey) : 'os.environ["TUNEYARD_API_KEY"]';
}

function pythonArguments(body: ChatBody): string[] {
  return Object.entries(body).map(([name, value]) => `    ${name}=${python(value)},`);
}

/** A value of JSON as Python writes it. */
export function python(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${python(item)}`);
    return `{${entries.join(', ')}}`;
  }
  return JSON.stringify(value);
}
