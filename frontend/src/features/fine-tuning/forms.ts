import type { ColumnProfile, DatasetVersion, Role, Task } from '~/api/types';

/**
 * The shapes of rows that teach writing: questions with answers, whole conversations, single messages; and two answers,
 * of which one is wanted, to a question or to a conversation, or at the end of a whole one.
 */
export const WRITING_FORMS = [
  'pairs',
  'messages',
  'lines',
  'preferences',
  'chatPreferences',
  'conversationPreferences',
] as const;

/** All shapes that rows can have: texts in groups, and those that teach writing. */
export const FORMS = ['classes', ...WRITING_FORMS] as const;
export type Form = (typeof FORMS)[number];

export const TASK_OF: Record<Form, Task> = {
  classes: 'text_classification',
  pairs: 'text_generation',
  messages: 'text_generation',
  lines: 'text_generation',
  preferences: 'text_generation',
  chatPreferences: 'text_generation',
  conversationPreferences: 'text_generation',
};

export interface Part<Known extends Role = Exclude<Role, 'split'>> {
  role: Known;
  /** More than one column may fill it; they are read as one text. */
  several?: true;
  optional?: true;
}

/** What the columns of each form are for; the split is asked for elsewhere. */
export const PARTS: Record<Form, Part[]> = {
  classes: [{ role: 'text', several: true }, { role: 'label' }],
  pairs: [
    { role: 'prompt', several: true },
    { role: 'completion' },
    { role: 'system', optional: true },
    { role: 'conversation', optional: true },
  ],
  messages: [{ role: 'messages' }, { role: 'system', optional: true }],
  lines: [
    { role: 'conversation' },
    { role: 'author' },
    { role: 'content' },
    { role: 'system', optional: true },
  ],
  preferences: [
    { role: 'prompt', several: true },
    { role: 'completion' },
    { role: 'rejected' },
    { role: 'system', optional: true },
  ],
  chatPreferences: [
    { role: 'messages' },
    { role: 'completion' },
    { role: 'rejected' },
    { role: 'system', optional: true },
  ],
  conversationPreferences: [{ role: 'messages' }, { role: 'rejected' }, { role: 'system', optional: true }],
};

/** Whether a template may stand for the question. */
export function hasQuestion(form: Form): boolean {
  return PARTS[form].some(({ role }) => role === 'prompt');
}

/** Whether the names of a column of authors don't say who asks and who answers. */
export function namesPeople(author: ColumnProfile): boolean {
  return author.reasons.some(({ code }) => code === 'author_names');
}

/** What plays the other part where somebody sees the same table as another task. */
const TWINS: Partial<Record<Role, Role>> = {
  text: 'prompt',
  label: 'completion',
  prompt: 'text',
  completion: 'label',
};
const GROUPS = ['category', 'boolean'];

/** The form that roles belong to. */
export function formOf(task: Task | null, columns: Partial<Record<Role, unknown>>): Form {
  if (task !== 'text_generation') return 'classes';
  if (columns.rejected && columns.messages) {
    return columns.completion ? 'chatPreferences' : 'conversationPreferences';
  }
  if (columns.rejected) return 'preferences';
  if (columns.messages) return 'messages';
  return columns.content ? 'lines' : 'pairs';
}

export function suggestedForm(version: DatasetVersion): Form {
  return formOf(version.suggested_task, version.suggested_columns);
}

/** The columns that would fill a role if nobody chose; of the twin role where the suggestion is for another task. */
export function suggestedFor(role: Role, version: DatasetVersion): string[] {
  const twin = TWINS[role];
  const own = version.suggested_columns[role];
  return [own ?? (twin && version.suggested_columns[twin]) ?? []].flat();
}

/** The tasks that a table could be for; a single column may hold whole conversations. */
export function fittingTasks(version: DatasetVersion): Task[] {
  const several = version.columns.length > 1;
  const groups = version.columns.some(({ type }) => GROUPS.includes(type));
  const sorts = version.suggested_task !== 'text_generation' || (several && groups);
  return sorts ? ['text_classification', 'text_generation'] : ['text_generation'];
}
