/** What somebody says in a conversation, under the name that the file gives them. */
export interface Message {
  who: string;
  says: string;
}

/** The messages of a cell that holds a conversation as JSON: OpenAI's or ShareGPT's; nothing for any other cell. */
export function messagesIn(cell: string): Message[] {
  const found = parsed(cell);
  const items = isObject(found) ? (found.messages ?? found.conversations) : found;
  if (!Array.isArray(items)) return [];
  const messages = items.map(messageOf);
  // What can't be shown as a message is better seen as it is.
  return messages.every((message) => message !== undefined) ? messages : [];
}

function messageOf(item: unknown): Message | undefined {
  if (!isObject(item)) return undefined;
  const who = item.role ?? item.from;
  const says = textOf(item.content ?? item.value);
  return typeof who === 'string' && says !== undefined ? { who, says } : undefined;
}

/** A text, or the texts of the parts that it comes in. */
function textOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part) => (isObject(part) ? part.text : undefined));
  return texts.every((text) => typeof text === 'string') ? texts.join('') : undefined;
}

function parsed(cell: string): unknown {
  try {
    return /^\s*[[{]/.test(cell) ? JSON.parse(cell) : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
