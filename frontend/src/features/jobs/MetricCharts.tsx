import { SimpleGrid } from '@mantine/core';
import type { ChartTable } from '~/components/ChartFrame';
import { ChartFrame } from '~/components/ChartFrame';
import { LineChart, type Series } from '~/components/LineChart';
import { useI18n } from '~/i18n/I18nProvider';
import type { MetricPoint } from './liveJob';
import { isShare, metricLabel } from './metricNames';

const FEWEST_POINTS = 2;

interface Chart {
  key: string;
  title: string;
  yLabel: string;
  series: Series[];
  show: (value: number) => string;
}

/** Losses in one chart and shares of what went well in another, by step. */
export default function MetricCharts({ points }: { points: MetricPoint[] }) {
  const { t, format } = useI18n();
  const series = seriesOf(points);
  const named = (wanted: (name: string) => boolean) =>
    series.filter(({ name }) => wanted(name)).map((line) => ({ ...line, name: metricLabel(line.name, t) }));
  const [quality, qualityAxis] = wordsOf(series);
  const charts: Chart[] = [
    {
      key: 'loss',
      title: t('chart.loss'),
      yLabel: t('chart.lossAxis'),
      series: named((name) => name.includes('loss')),
      show: (value: number) => format.number(value, 2),
    },
    {
      key: 'quality',
      title: t(quality),
      yLabel: t(qualityAxis),
      series: named(isShare),
      show: (value: number) => format.percent(value),
    },
  ].filter((chart) => chart.series.length > 0);
  if (charts.length === 0) return null;
  const several = (points.at(-1)?.run ?? 0) > 0;
  return (
    <SimpleGrid cols={{ base: 1, md: charts.length }} spacing="md">
      {charts.map(({ key, title, yLabel, series: lines, show }) => (
        <ChartFrame
          key={key}
          title={title}
          fileName={key}
          table={tableOf(t('chart.step'), lines, format.number)}
        >
          {(width) => (
            <LineChart
              title={title}
              width={width}
              xLabel={several ? t('chart.stepsOfRuns') : t('chart.step')}
              yLabel={yLabel}
              series={lines}
              formatX={(value) => format.number(value)}
              format={show}
            />
          )}
        </ChartFrame>
      ))}
    </SimpleGrid>
  );
}

/** Title and axis of the chart of shares: of right answers, of right tokens, or of pairs whose better answer is preferred. */
function wordsOf(series: Series[]) {
  const has = (measure: string) => series.some(({ name }) => name.includes(measure));
  if (has('token_accuracy')) return ['metric.token_accuracy', 'chart.tokensAxis'] as const;
  if (has('preference_accuracy')) return ['chart.preference', 'chart.preferenceAxis'] as const;
  return ['chart.quality', 'chart.qualityAxis'] as const;
}

function seriesOf(points: MetricPoint[]): Series[] {
  const byName = new Map<string, Series>();
  for (const { x, run, values } of points) {
    for (const [name, y] of Object.entries(values)) {
      if (!byName.has(name)) byName.set(name, { name, points: [] });
      byName.get(name)?.points.push({ x, y, run });
    }
  }
  // In a fixed order, or a line would change its colour when another one begins.
  return [...byName.values()]
    .filter((series) => series.points.length >= FEWEST_POINTS)
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** One row for each step, one column for each line. */
function tableOf(
  step: string,
  series: Series[],
  number: (value: number, digits?: number) => string,
): ChartTable {
  const rows = new Map<number, (number | null)[]>();
  series.forEach(({ points }, place) => {
    for (const { x, y } of points) {
      const row = rows.get(x) ?? [x, ...series.map(() => null)];
      row[place + 1] = y;
      rows.set(x, row);
    }
  });
  const exact = (value: number) => number(value, 4);
  return {
    columns: [{ name: step, format: number }, ...series.map(({ name }) => ({ name, format: exact }))],
    rows: [...rows.values()].sort(([one], [other]) => Number(one) - Number(other)),
  };
}
