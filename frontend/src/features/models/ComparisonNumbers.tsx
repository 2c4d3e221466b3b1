import type { Comparison, Evaluation, ModelVersion } from '~/api/types';
import { DataTable } from '~/components/DataTable';
import { signedInterval, signedPoints } from '~/components/signedPoints';
import type { Format } from '~/i18n/format';
import { useI18n } from '~/i18n/I18nProvider';
import type { Translate } from '~/i18n/translate';

export interface Side {
  version: ModelVersion;
  evaluation: Evaluation;
}

interface Props {
  comparison: Comparison;
  one: Side;
  other: Side;
}

type Line = [name: string, one: string, other: string, difference: string | null];

/** Two versions in numbers, and what they were made from. */
export function ComparisonNumbers({ comparison, one, other }: Props) {
  const { t, format } = useI18n();
  const lines = [...onSharedRows(comparison, t, format), ...onOwnExams(comparison, one, other, t, format)];
  const name = ({ version }: Side) => t('common.versionShort', { number: version.number });
  return (
    <DataTable
      label={t('compare.numbers')}
      rows={[...lines, ...made(one.version, other.version, t)]}
      rowKey={([what]) => what}
      columns={[
        { key: 'what', wide: true, header: t('origin.what'), cell: ([what]) => what },
        { key: 'one', header: name(one), cell: ([, value]) => value },
        { key: 'other', header: name(other), cell: ([, , value]) => value },
        { key: 'difference', header: t('compare.difference'), cell: ([, , , value]) => value },
      ]}
    />
  );
}

function onSharedRows(
  { shared_rows: rows, difference, ...counts }: Comparison,
  t: Translate,
  format: Format,
): Line[] {
  if (!difference) return [];
  const right = (count: number) => `${format.percent(count / rows)} · ${t('compare.of', { count, rows })}`;
  const points = t('compare.points', { points: signedInterval(difference, format) });
  return [[t('compare.rightOnShared'), right(counts.correct), right(counts.other_correct), points]];
}

/** Differences only where the exam was the same: else they would say as much about the exams. */
function onOwnExams(
  { same_rows: same }: Comparison,
  { evaluation: one }: Side,
  { evaluation: other }: Side,
  t: Translate,
  format: Format,
): Line[] {
  const percent = (value: number) => format.percent(value);
  const line = (name: string, value: number, otherValue: number): Line => [
    same ? name : t('compare.onOwnExam', { metric: name }),
    percent(value),
    percent(otherValue),
    same ? t('compare.points', { points: signedPoints(value - otherValue, format) }) : null,
  ];
  const accuracy = line(t('metric.accuracy'), one.accuracy.value, other.accuracy.value);
  return [
    ...(same ? [] : [accuracy]),
    line(t('metric.macro_f1'), one.macro.f1, other.macro.f1),
    line(t('metric.weighted_f1'), one.weighted.f1, other.weighted.f1),
    line(t('compare.scoreError'), one.calibration.expected_error, other.calibration.expected_error),
  ];
}

function made(one: ModelVersion, other: ModelVersion, t: Translate): Line[] {
  const line = (name: string, of: (version: ModelVersion) => string): Line => {
    const [value, otherValue] = [of(one), of(other)];
    return [name, value, otherValue, value === otherValue ? t('compare.same') : t('compare.changed')];
  };
  return [
    line(t('lineage.dataset'), ({ dataset }) => {
      return `${dataset.name} ${t('common.versionShort', { number: dataset.number })}`;
    }),
    line(t('origin.columns'), ({ columns }) => [columns.text].flat().join(' + ')),
    line(t('origin.preset'), ({ preset }) => t(`preset.${preset}`)),
    line(t('origin.baseModel'), ({ base_model: base }) => base.name),
  ];
}
