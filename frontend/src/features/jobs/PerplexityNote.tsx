import { Text } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import type { MetricPoint } from './liveJob';
import { perplexityOf } from './perplexity';

/** The held-out loss in words: how much the model hesitates at every word. */
export function PerplexityNote({ points }: { points: MetricPoint[] }) {
  const { t, format } = useI18n();
  const found = perplexityOf(points);
  if (!found) return null;
  return (
    <Text fz="sm">
      {t('job.perplexity', { first: format.number(found.first, 1), now: format.number(found.now, 1) })}
    </Text>
  );
}
