import type { Deployment } from '~/api/types';

export const LANGUAGES = ['curl', 'python', 'javascript', 'openai', 'huggingface'] as const;
export type SnippetLanguage = (typeof LANGUAGES)[number];

/** A text, or a row of the columns that the model reads. */
export type Input = string | Record<string, string>;

export interface Call {
  deployment: Pick<Deployment, 'name' | 'urls'>;
  input: Input;
  /** Not given before one is made: then the code takes it from the environment. */
  apiKey?: string;
}

const SEPARATOR = '\n\n';

/** The text that the model reads: a row's columns are joined as in training. */
export function textOf(input: Input): string {
  if (typeof input === 'string') return input;
  return Object.values(input)
    .filter((cell) => cell.trim() !== '')
    .join(SEPARATOR);
}

/** Code that calls a deployment and runs as it is pasted. */
export const EXAMPLES: Record<SnippetLanguage, (call: Call) => string> = {
  curl: ({ deployment, input, apiKey }) => {
    const body = JSON.stringify({ inputs: [input] }).replaceAll("'", "'\\''");
    return [
      `curl ${deployment.urls.predict} \\`,
      `  -H "Authorization: Bearer ${apiKey ?? '$TUNEYARD_API_KEY'}" \\`,
      '  -H "Content-Type: application/json" \\',
      `  -d '${body}'`,
    ].join('\n');
  },
  python: ({ deployment, input, apiKey }) =>
    [
      'import json',
      ...pythonImports(apiKey),
      'from urllib.request import Request, urlopen',
      '',
      'request = Request(',
      `    ${JSON.stringify(deployment.urls.predict)},`,
      `    data=json.dumps({"inputs": [${JSON.stringify(input)}]}).encode(),`,
      '    headers={',
      `        "Authorization": "Bearer " + ${pythonKey(apiKey)},`,
      '        "Content-Type": "application/json",',
      '    },',
      ')',
      'with urlopen(request) as answer:',
      '    print(json.load(answer)["predictions"])',
    ].join('\n'),
  javascript: ({ deployment, input, apiKey }) =>
    [
      `fetch(${JSON.stringify(deployment.urls.predict)}, {`,
      "  method: 'POST',",
      '  headers: {',
      `    Authorization: 'Bearer ' + ${apiKey ? `'${apiKey}'` : 'process.env.TUNEYARD_API_KEY'},`,
      "    'Content-Type': 'application/json',",
      '  },',
      `  body: JSON.stringify({ inputs: [${JSON.stringify(input)}] }),`,
      '})',
      '  .then((response) => response.json())',
      '  .then((answer) => console.log(answer.predictions ?? answer.error));',
    ].join('\n'),
  openai: ({ deployment, input, apiKey }) =>
    [
      ...pythonImports(apiKey),
      'from openai import OpenAI',
      '',
      'client = OpenAI(',
      `    base_url=${JSON.stringify(deployment.urls.openai)},`,
      `    api_key=${pythonKey(apiKey)},`,
      ')',
      'completion = client.chat.completions.create(',
      `    model=${JSON.stringify(deployment.name)},`,
      `    messages=[{"role": "user", "content": ${JSON.stringify(textOf(input))}}],`,
      ')',
      'print(completion.choices[0].message.content)',
    ].join('\n'),
  huggingface: ({ deployment, input, apiKey }) =>
    [
      ...pythonImports(apiKey),
      'from huggingface_hub import InferenceClient',
      '',
      'client = InferenceClient(',
      `    model=${JSON.stringify(deployment.urls.huggingface)},`,
      `    token=${pythonKey(apiKey)},`,
      ')',
      `print(client.text_classification(${JSON.stringify(textOf(input))}))`,
    ].join('\n'),
};

/** What has to be installed before the code runs, if anything has to be. */
export const INSTALL: Partial<Record<SnippetLanguage, string>> = {
  openai: 'pip install openai',
  huggingface: 'pip install huggingface_hub',
};

function pythonImports(apiKey: string | undefined): string[] {
  return apiKey ? [] : ['import os'];
}

function pythonKey(apiKey: string | undefined): string {
  return apiKey ? JSON.stringify(apiKey) : 'os.environ["TUNEYARD_API_KEY"]';
}
