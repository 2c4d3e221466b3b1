import type { Evaluation } from '~/api/types';
import { ChartFrame } from '~/components/ChartFrame';
import { signedInterval } from '~/components/signedPoints';
import type { Format } from '~/i18n/format';
import { useI18n } from '~/i18n/I18nProvider';
import type { Translate } from '~/i18n/translate';
import { IntervalBars } from './IntervalBars';

type Baseline = Evaluation['baselines'][number];

/** The model beside other ways to answer, on the same rows. */
export function BaselineBars({ evaluation, fileName }: { evaluation: Evaluation; fileName: string }) {
  const { t, format } = useI18n();
  const own = { label: t('model.thisVersion'), ...evaluation.accuracy, strong: true };
  const others = evaluation.baselines.map((baseline) => ({
    label: t(`baseline.${baseline.kind}`),
    ...baseline.accuracy,
    notes: notes(baseline, t, format),
  }));
  const title = t('model.baselinesAxis');
  return (
    <ChartFrame title={title} fileName={`${fileName}-baselines`} table={table(evaluation, t, format)}>
      {(width) => <IntervalBars label={title} width={width} bars={[own, ...others]} />}
    </ChartFrame>
  );
}

function notes({ difference, possibly_seen: seen }: Baseline, t: Translate, format: Format): string[] {
  const points = t('model.difference', { points: signedInterval(difference, format) });
  return seen > 0 ? [points, t('model.possiblySeen', { count: seen })] : [points];
}

function table(evaluation: Evaluation, t: Translate, format: Format) {
  const percent = (value: number) => format.percent(value);
  const columns = [
    { name: t('model.way') },
    { name: t('metric.accuracy'), format: percent },
    { name: t('model.low'), format: percent },
    { name: t('model.high'), format: percent },
    { name: t('metric.macro_f1'), format: (value: number) => format.number(value, 3) },
    { name: t('model.comparedWithThis') },
  ];
  const { accuracy, macro } = evaluation;
  const own = [t('model.thisVersion'), accuracy.value, accuracy.low, accuracy.high, macro.f1, null];
  const others = evaluation.baselines.map((baseline) => [
    t(`baseline.${baseline.kind}`),
    baseline.accuracy.value,
    baseline.accuracy.low,
    baseline.accuracy.high,
    baseline.macro_f1,
    notes(baseline, t, format).join(' · '),
  ]);
  return { columns, rows: [own, ...others] };
}
