import type { DatasetVersion, FineTuneRequest, Role, Task } from '~/api/types';
import {
  FORMS,
  type Form,
  formOf,
  hasQuestion,
  namesPeople,
  PARTS,
  type Part,
  suggestedFor,
  suggestedForm,
  TASK_OF,
} from './forms';
import { ANSWERING, answeringIn, type Settings, settingsIn } from './settings';

export const PRESETS = ['fast', 'balanced', 'best'] as const;
export type Preset = (typeof PRESETS)[number];
const SEVERAL = ['text', 'prompt'] as const;
const SINGLE = [
  'label',
  'completion',
  'rejected',
  'messages',
  'conversation',
  'author',
  'content',
  'system',
  'split',
] as const;
type Columns = Partial<Record<(typeof SEVERAL)[number], string[]> & Record<(typeof SINGLE)[number], string>>;

/** What somebody chose, as the address holds it; whatever is missing is as suggested. An empty column is none. */
export interface Choices extends Columns {
  version?: number;
  form?: Form;
  base?: string;
  preset?: Preset;
  name?: string;
  seed?: number;
  /** Hyperparameters that are not left to the preset. */
  set?: Settings;
}

/** Choices out of an address that anybody may have written. */
export function choicesIn(search: Record<string, unknown>): Choices {
  return {
    ...(Object.fromEntries([
      ...SEVERAL.map((role) => [role, words(search[role])]),
      ...SINGLE.map((role) => [role, word(search[role])]),
    ]) as Columns),
    version: wholeNumber(search.version),
    form: FORMS.find((form) => form === search.form),
    base: word(search.base),
    preset: PRESETS.find((preset) => preset === search.preset),
    name: word(search.name),
    seed: wholeNumber(search.seed),
    set: settingsIn(search.set),
  };
}

/** The choices that lead to the same job again. */
export function searchOf(spec: {
  task: Task;
  columns: Partial<Record<Role, string | string[]>>;
  base_model: string;
  preset: Preset;
  hyperparameters: Settings;
  seed: number;
  name: string;
  dataset_version: number;
}): Choices {
  const form = formOf(spec.task, spec.columns);
  const columns = rolesOf(form).map(({ role, several }) => {
    const names = [spec.columns[role] ?? []].flat();
    return [role, several ? names : (names[0] ?? '')];
  });
  const { task: _, ...set } = spec.hyperparameters;
  return {
    ...(Object.fromEntries(columns) as Columns),
    version: spec.dataset_version,
    form,
    base: spec.base_model,
    preset: spec.preset,
    name: spec.name,
    seed: spec.seed,
    set,
  };
}

/** The choices with every gap filled by what is suggested; `complete` where nothing is missing to start. */
export function completed(choices: Choices, version: DatasetVersion) {
  const form = choices.form ?? suggestedForm(version);
  const chosen = (role: Role) => [choices[role] ?? suggestedFor(role, version)].flat().filter(Boolean);
  const columns = Object.fromEntries(rolesOf(form).map(({ role }) => [role, chosen(role)]));
  const template = hasQuestion(form) && Boolean(choices.set?.prompt_template);
  const missing = PARTS[form].filter(
    ({ role, optional }) => !optional && columns[role]?.length === 0 && !(role === 'prompt' && template),
  );
  const author = authorIn(version, form, columns);
  const told = !author || !namesPeople(author) || answeringIn(choices.set).length > 0;
  return {
    form,
    task: TASK_OF[form],
    columns: columns as Partial<Record<Role, string[]>>,
    preset: choices.preset ?? PRESETS[0],
    complete: missing.length === 0 && told,
    author,
  };
}

/** The column that says who speaks, where every row is a message. */
function authorIn(version: DatasetVersion, form: Form, columns: Partial<Record<Role, string[]>>) {
  const [chosen] = form === 'lines' ? (columns.author ?? []) : [];
  return chosen ? version.columns.find(({ name }) => name === chosen) : undefined;
}

/** The columns of which nothing is read: one of them may say who takes the exam. */
export function unread(version: DatasetVersion, columns: Partial<Record<Role, string[]>>): string[] {
  const { split: _, ...read } = columns;
  const taken = Object.values(read).flat();
  return version.columns.map(({ name }) => name).filter((name) => !taken.includes(name));
}

/** The columns that may be told to the model: whoever tells it an answer, wanted or not, teaches it nothing. */
export function tellable(version: DatasetVersion, columns: Partial<Record<Role, string[]>>): string[] {
  const { completion = [], rejected = [], messages = [], content = [] } = columns;
  // Without an answer beside it a conversation ends with one.
  const answers = [...completion, ...rejected, ...content, ...(completion.length > 0 ? [] : messages)];
  return version.columns.map(({ name }) => name).filter((name) => !answers.includes(name));
}

export function requestOf(choices: Choices, version: DatasetVersion, changes: Settings): FineTuneRequest {
  const { form, task, columns, preset } = completed(choices, version);
  // They are kept among the choices, for the way back to a form that has a question or authors.
  const elsewhere = [
    ...(hasQuestion(form) ? [] : ['prompt_template']),
    ...(form === 'lines' ? [] : [ANSWERING]),
  ];
  const sent = Object.fromEntries(Object.entries(changes).filter(([name]) => !elsewhere.includes(name)));
  const filled = rolesOf(form).flatMap(({ role, several }) => {
    const names = columns[role] ?? [];
    return names.length > 0 ? [[role, several ? names : names[0]]] : [];
  });
  return {
    dataset_id: version.dataset_id,
    version: version.number,
    task,
    columns: Object.fromEntries(filled),
    base_model: choices.base ?? 'auto',
    preset,
    hyperparameters: Object.keys(sent).length > 0 ? sent : null,
    name: choices.name || null,
    seed: choices.seed ?? 0,
  };
}

function rolesOf(form: Form): Part<Role>[] {
  return [...PARTS[form], { role: 'split', optional: true }];
}

function words(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  return [value]
    .flat()
    .filter((name) => typeof name === 'string' || typeof name === 'number')
    .map(String);
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}
