import type { SettingSchema, Sheet } from './queries';

/** What has a section of its own. */
const ELSEWHERE = ['task', 'system_prompt', 'prompt_template', 'answering_authors'];

export function isAdvanced(name: string): boolean {
  return !ELSEWHERE.includes(name);
}

export function advancedSettings(sheet: Sheet | undefined): [string, SettingSchema][] {
  return Object.entries(sheet?.schema.properties ?? {}).filter(([name]) => isAdvanced(name));
}

/** What is drawn under Advanced, by the names that a refusal gives the fields. */
export function advancedFields(sheet: Sheet | undefined): string[] {
  return ['name', 'seed', ...advancedSettings(sheet).map(([name]) => `hyperparameters.${name}`)];
}
