import type { Message } from '../translate';

export const playground = {
  'code.askForKey': 'Ask an owner or admin of the workspace for an API key, and put it in TUNEYARD_API_KEY.',
  'code.curl': 'curl',
  'code.huggingface': 'Hugging Face',
  'code.javascript': 'JavaScript',
  'code.keyMade': 'Your key is in the code below',
  'code.keyMadeHint':
    'It is shown this once: copy the code before you leave this page. It may predict and nothing else; Settings revokes it.',
  'code.keyName': '{name}, from its page',
  'code.language': 'Language of the code',
  'code.makeKey': 'Put a key into the code',
  'code.makeKeyHint':
    'Makes an API key that may predict and nothing else. Without one the code reads TUNEYARD_API_KEY.',
  'code.openai': 'OpenAI',
  'code.python': 'Python',
  'code.title': 'Call it from your code',

  'codeHint.curl': 'For a shell. Up to 1,000 texts or rows in one call.',
  'codeHint.huggingface': 'The client of Hugging Face, pointed at this server.',
  'codeHint.javascript': 'Node.js 18 or newer; nothing to install.',
  'codeHint.openai':
    'The official client of OpenAI, pointed at this server: the label is the answer of the chat.',
  'codeHint.python': 'Any Python 3; nothing to install.',

  'playground.empty': 'The scores of every class appear here.',
  'playground.enter': 'Enter',
  'playground.example': 'My card was charged twice',
  'playground.exampleShort': 'Charged twice',
  'playground.forget': 'Clear',
  'playground.history': 'Asked before',
  'playground.historyHint': 'Kept in this browser only.',
  'playground.more': { one: '{count} more class', other: '{count} more classes' },
  'playground.notYet': 'It can be asked once a version has passed its check.',
  'playground.placeholder': 'Paste a text',
  'playground.submit': 'Ask',
  'playground.sure': '{percent} sure',
  'playground.text': 'Text',
  'playground.title': 'Try it',
  'playground.unsure': 'The model was unsure: it hesitated between “{first}” and “{second}”.',
} as const satisfies Record<string, Message>;
