/** A hyperparameter, as somebody sets it. */
export type Setting = string | number | boolean | string[];
export type Settings = Record<string, Setting>;

/** The setting that says who answers. */
export const ANSWERING = 'answering_authors';

/** Who answers, where that was chosen. */
export function answeringIn(set: Settings | undefined): string[] {
  const chosen = set?.[ANSWERING];
  return Array.isArray(chosen) ? chosen : [];
}

/** The settings that differ from what the preset says. */
export function changesIn(set: Settings | undefined, preset: Settings | undefined): Settings {
  if (!preset) return set ?? {};
  return Object.fromEntries(
    Object.entries(set ?? {}).filter(([name, value]) => !isSame(preset[name], value)),
  );
}

function isSame(one: Setting | undefined, other: Setting): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The changes with one more, or with one taken back. */
export function withSetting(changes: Settings, name: string, value: Setting | undefined): Settings {
  const { [name]: _, ...others } = changes;
  return value === undefined ? others : { ...others, [name]: value };
}

/** Settings out of an address that anybody may have written. */
export function settingsIn(value: unknown): Settings | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const kept = Object.entries(value).filter(([, item]) =>
    Array.isArray(item)
      ? item.length > 0 && item.every((name) => typeof name === 'string')
      : ['string', 'number', 'boolean'].includes(typeof item),
  );
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
