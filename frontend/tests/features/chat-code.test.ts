import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CHAT_CODE, type ChatLanguage } from '~/features/chat/chatCode';
import { bodyOf, USUAL } from '~/features/chat/settings';

const TEXT = `It's "so" \\n and \\\nnext: \`$HOME\` $(id) \${x} {{x}} %s !! \u2028 早 😀`;
const SCHEMA =
  '{"type": "object", "properties": {"it\'s": {"type": ["null"], "const": null, "default": false}}}';
const body = bodyOf('faq', [{ role: 'user', content: TEXT }], {
  ...USUAL,
  system: '\t“Be brief”',
  temperature: 0.7,
  stop: ['\n', "'"],
  format: 'json_schema',
  schema: SCHEMA,
  logitBias: { '2': -1 },
});
const KEY = 'ty_environment';

/** In the place of the libraries: prints what is asked, and with which key. */
const PYTHON = `
import json, sys
from types import ModuleType, SimpleNamespace as Some
def client(base_url, api_key):
    def ask(**asked):
        print(json.dumps([base_url, api_key, asked]))
        return Some(choices=[Some(message=Some(content=""))])
    return Some(chat=Some(completions=Some(create=ask)), chat_completion=ask)
for name, called in (("openai", "OpenAI"), ("huggingface_hub", "InferenceClient")):
    sys.modules[name] = ModuleType(name)
    setattr(sys.modules[name], called, client)
`;
const JAVASCRIPT = `
class OpenAI {
  constructor({ baseURL, apiKey }) {
    const create = (asked) => {
      console.log(JSON.stringify([baseURL, apiKey, asked]));
      return { choices: [{ message: {} }] };
    };
    this.chat = { completions: { create } };
  }
}
`;
const SHELL = 'curl() { printf "%s\\0" "$@"; }\n';

const RUN: Record<ChatLanguage, (code: string) => unknown> = {
  curl: (code) => {
    const [address = '', , key, , , , sent = ''] = run('bash', ['-c', SHELL + code]).split('\0');
    return [
      address.replace('/chat/completions', ''),
      key?.replace('Authorization: Bearer ', ''),
      JSON.parse(sent),
    ];
  },
  openai: (code) => printed(run('python3', ['-c', PYTHON + code])),
  huggingface: (code) => printed(run('python3', ['-c', PYTHON + code])),
  javascript: (code) => {
    const runnable = code.replace("import OpenAI from 'openai';", JAVASCRIPT);
    return printed(run(process.execPath, ['--input-type=module', '--eval', runnable]));
  },
};

function run(command: string, given: string[]): string {
  const env = { PATH: process.env.PATH ?? '', PYTHONUTF8: '1', TUNEYARD_API_KEY: KEY };
  return execFileSync(command, given, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] });
}

function printed(lines: string): unknown {
  return JSON.parse(lines.split('\n')[0] ?? '');
}

describe('the code that is copied', () => {
  it.each(Object.keys(RUN) as ChatLanguage[])('asks exactly what is on the screen: %s', (language) => {
    const call = { url: 'http://host/v1', body };
    expect(RUN[language](CHAT_CODE[language](call))).toEqual([call.url, KEY, body]);
    const own = CHAT_CODE[language]({ ...call, apiKey: 'ty_mine' });
    expect(RUN[language](own)).toEqual([call.url, 'ty_mine', body]);
  });
});
