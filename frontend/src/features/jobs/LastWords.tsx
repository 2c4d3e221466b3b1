import { Text } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import { lineText } from './lineText';
import type { LogLine } from './liveJob';

/** What a job said last, for a phase whose progress no bar shows. */
export function LastWords({ lines }: { lines: LogLine[] }) {
  const { t, say } = useI18n();
  const last = lines.findLast(({ kind }) => kind === 'told');
  return last ? (
    <Text fz="sm" role="status" style={{ fontVariantNumeric: 'tabular-nums' }}>
      {lineText(last, t, say)}
    </Text>
  ) : null;
}
