import type { DatasetVersion, FineTuneRequest } from '~/api/types';

export const PRESETS = ['fast', 'balanced', 'best'] as const;
export type Preset = (typeof PRESETS)[number];
export type Setting = string | number;
export type Settings = Record<string, Setting>;

/** What somebody chose, as the address holds it; whatever is missing is as suggested. */
export interface Choices {
  version?: number;
  text?: string[];
  label?: string;
  /** Empty for none. */
  split?: string;
  base?: string;
  preset?: Preset;
  name?: string;
  seed?: number;
  /** Hyperparameters that are not left to the preset. */
  set?: Settings;
}

/** Choices out of an address that anybody may have written. */
export function choicesIn(search: Record<string, unknown>): Choices {
  const text = [search.text ?? []]
    .flat()
    .filter((name) => typeof name === 'string' || typeof name === 'number');
  return {
    version: wholeNumber(search.version),
    text: search.text === undefined ? undefined : text.map(String),
    label: word(search.label),
    split: word(search.split),
    base: word(search.base),
    preset: PRESETS.find((preset) => preset === search.preset),
    name: word(search.name),
    seed: wholeNumber(search.seed),
    set: settings(search.set),
  };
}

/** The choices that lead to the same job again. */
export function searchOf(spec: {
  columns: Partial<Record<'text' | 'label' | 'split', string | string[]>>;
  base_model: string;
  preset: Preset;
  hyperparameters: Settings;
  seed: number;
  name: string;
  dataset_version: number;
}): Choices {
  const { text, label, split } = spec.columns;
  const { task: _, ...set } = spec.hyperparameters;
  return {
    version: spec.dataset_version,
    text: [text ?? []].flat(),
    label: [label ?? []].flat()[0],
    split: [split ?? []].flat()[0] ?? '',
    base: spec.base_model,
    preset: spec.preset,
    name: spec.name,
    seed: spec.seed,
    set,
  };
}

/** The choices with every gap filled by what is suggested. */
export function completed(choices: Choices, version: DatasetVersion) {
  const suggested = version.suggested_columns;
  return {
    text: choices.text ?? [suggested.text ?? []].flat(),
    label: choices.label ?? [suggested.label ?? []].flat()[0] ?? '',
    split: choices.split ?? [suggested.split ?? []].flat()[0] ?? '',
    preset: choices.preset ?? PRESETS[0],
  };
}

export function requestOf(choices: Choices, version: DatasetVersion, changes: Settings): FineTuneRequest {
  const { text, label, split, preset } = completed(choices, version);
  return {
    dataset_id: version.dataset_id,
    version: version.number,
    task: 'text_classification',
    columns: { text, label, ...(split && { split }) },
    base_model: choices.base ?? 'auto',
    preset,
    hyperparameters: Object.keys(changes).length > 0 ? changes : null,
    name: choices.name || null,
    seed: choices.seed ?? 0,
  };
}

/** The settings that differ from what the preset says. */
export function changesIn(set: Settings | undefined, preset: Settings | undefined): Settings {
  if (!preset) return set ?? {};
  return Object.fromEntries(Object.entries(set ?? {}).filter(([name, value]) => preset[name] !== value));
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function settings(value: unknown): Settings | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const kept = Object.entries(value).filter(
    ([, item]) => typeof item === 'string' || typeof item === 'number',
  );
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
