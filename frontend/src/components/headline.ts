import type { ModelVersionSummary } from '~/api/types';
import type { Format } from '~/i18n/format';
import type { Translate } from '~/i18n/translate';
import { signedPoints } from './signedPoints';

/** How good a version is in a few words: how often it is right, or by how much it foresees answers better. */
export function headline(
  metrics: ModelVersionSummary['metrics'],
  t: Translate,
  format: Format,
): string | undefined {
  const { accuracy, preferred, perplexity_cut: cut, chrf } = metrics;
  if (accuracy !== undefined) return t('model.right', { percent: format.percent(accuracy) });
  if (preferred !== undefined) return t('writing.preferred', { percent: format.percent(preferred) });
  if (cut !== undefined) return t('writing.change', { change: `${signedPoints(-cut, format)}\u202f%` });
  return chrf === undefined ? undefined : t('writing.chrf', { chrf: format.number(chrf, 1) });
}
