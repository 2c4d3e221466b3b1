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

/** Losses in one chart and shares of right answers, or tokens, in another, by step. */
export default function MetricCharts({ points }: { points: MetricPoint[] }) {
  const { t, format } = useI18n();
  const series = seriesOf(points);
  const named = (wanted: (name: string) => boolean) =>
    series.filter(({ name }) => wanted(name)).map((line) => ({ ...line, name: metricLabel(line.name, t) }));
  const writes = series.some(({ name }) => name.includes('token_accuracy'));
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
      title: t(writes ? 'metric.token_accuracy' : 'chart.quality'),
      yLabel: t(writes ? 'chart.tokensAxis' : 'chart.qualityAxis'),
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
