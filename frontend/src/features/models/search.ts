export const TABS = ['quality', 'rows', 'answers', 'origin', 'card', 'versions'] as const;
export const ANSWERS = ['wrong', 'right', 'all'] as const;
export const ORDERS = ['most_sure', 'least_sure', 'sheet'] as const;
export const ANSWER_ORDERS = ['sheet', 'closest', 'farthest'] as const;
export const CHANGES = ['fixed', 'broken'] as const;

export type Tab = (typeof TABS)[number];
export type Answers = (typeof ANSWERS)[number];
export type Order = (typeof ORDERS)[number];
export type AnswerOrder = (typeof ANSWER_ORDERS)[number];
export type Change = (typeof CHANGES)[number];

/** Which of the rows kept for the exam are shown. */
export interface RowsSearch {
  label?: string;
  predicted?: string;
  answers?: Answers;
  order?: Order;
  page?: number;
}

/** Which answers of a model that writes are shown. */
export interface AnswersSearch {
  /** Words to find. */
  find?: string;
  closeness?: AnswerOrder;
  page?: number;
}

/** What the address of a version's page says beside the version. */
export interface VersionSearch extends RowsSearch, AnswersSearch {
  tab?: Tab;
  /** Whether the confusion matrix shows all classes, where there are many. */
  matrix?: 'all';
  /** The column that the classes are sorted by; with a minus in front, the highest first. */
  sort?: string;
}

export interface ChangeSearch {
  change?: Change;
  page?: number;
}

export function versionSearch(search: Record<string, unknown>): VersionSearch {
  return {
    tab: oneOf(TABS, search.tab),
    matrix: oneOf(['all'], search.matrix),
    sort: text(search.sort),
    label: text(search.label),
    predicted: text(search.predicted),
    answers: oneOf(ANSWERS, search.answers),
    order: oneOf(ORDERS, search.order),
    page: page(search.page),
    find: text(search.find),
    closeness: oneOf(ANSWER_ORDERS, search.closeness),
  };
}

export function changeSearch(search: Record<string, unknown>): ChangeSearch {
  return { change: oneOf(CHANGES, search.change), page: page(search.page) };
}

/** A cell opens with all of its rows; without one, what the model got wrong. */
export function shownAnswers({ label, predicted, answers }: RowsSearch): Answers {
  return answers ?? (label === undefined && predicted === undefined ? 'wrong' : 'all');
}

function oneOf<Value extends string>(values: readonly Value[], given: unknown): Value | undefined {
  return values.find((value) => value === given);
}

// A label such as 7 or true is a number or a truth value in an address, but a text in a sheet.
function text(given: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof given) ? String(given) : undefined;
}

function page(given: unknown): number | undefined {
  return Number.isSafeInteger(given) && Number(given) > 1 ? Number(given) : undefined;
}
