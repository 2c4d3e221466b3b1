import { Paper, Stack, Text } from '@mantine/core';
import type { Comparison } from '~/api/types';
import { signedInterval, signedPoints } from '~/components/signedPoints';
import type { Format } from '~/i18n/format';
import { useI18n } from '~/i18n/I18nProvider';
import type { Translate } from '~/i18n/translate';

interface Props {
  comparison: Comparison;
  one: string;
  other: string;
}

/** Which of two versions is better, how sure that is, and whether they took the same exam. */
export function ComparisonVerdict({ comparison, one, other }: Props) {
  const { t, format } = useI18n();
  return (
    <Paper mb="lg" p="lg">
      <Stack gap="xs">
        <Text fz="lg" lh={1.55} maw={860}>
          {sentence(comparison, one, other, t, format)}
        </Text>
        {comparison.shared_rows > 0 && (
          <Text fz="sm" c="dimmed" maw={860}>
            {t('compare.flips', { fixed: comparison.fixed, broken: comparison.broken, one })}
          </Text>
        )}
        <Text fz="sm" c="dimmed" maw={860}>
          {exam(comparison, one, other, t)}
          {comparison.relabelled_rows > 0 &&
            ` ${t('compare.relabelled', { count: comparison.relabelled_rows })}`}
        </Text>
      </Stack>
    </Paper>
  );
}

function exam(
  { same_rows: same, rows, other_rows: otherRows, shared_rows: shared }: Comparison,
  one: string,
  other: string,
  t: Translate,
): string {
  if (same) return t('compare.sameExam', { rows });
  if (shared === 0) return t('compare.nothingSharedWhy');
  return t('compare.otherExam', { one, other, rows, otherRows, shared });
}

function sentence(
  { difference, level, shared_rows: rows }: Comparison,
  one: string,
  other: string,
  t: Translate,
  format: Format,
): string {
  if (!difference || !level) return t('compare.nothingShared');
  const values = { one, other, rows, points: signedInterval(difference, format) };
  if (level !== 'similar') return t(`compare.${level}`, values);
  return signedPoints(difference.value, format) === format.number(0)
    ? t('compare.equal', values)
    : t('compare.similar', values);
}
