import { Paper, SimpleGrid, Text } from '@mantine/core';
import { LineChart, type Series } from '~/components/LineChart';
import { useI18n } from '~/i18n/I18nProvider';
import type { MetricPoint } from './liveJob';
import { isShare, metricLabel } from './metricNames';

const FEWEST_POINTS = 2;

/** Losses in one chart and shares of right answers in another, by step. */
export function MetricCharts({ points }: { points: MetricPoint[] }) {
  const { t, format } = useI18n();
  const series = seriesOf(points);
  const charts = [
    {
      title: t('chart.loss'),
      series: series.filter(({ name }) => name.includes('loss')),
      show: (value: number) => format.number(value, 2),
    },
    {
      title: t('chart.quality'),
      series: series.filter(({ name }) => isShare(name)),
      show: (value: number) => format.percent(value),
    },
  ].filter((chart) => chart.series.length > 0);
  if (charts.length === 0) return null;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      {charts.map((chart) => (
        <Paper key={chart.title}>
          <Text fz="sm" fw={500} mb="xs">
            {chart.title}
          </Text>
          <LineChart
            title={chart.title}
            xLabel={t('chart.step')}
            series={chart.series.map((line) => ({ ...line, name: metricLabel(line.name, t) }))}
            format={chart.show}
          />
        </Paper>
      ))}
    </SimpleGrid>
  );
}

function seriesOf(points: MetricPoint[]): Series[] {
  const byName = new Map<string, Series>();
  for (const { step, values } of points) {
    for (const [name, y] of Object.entries(values)) {
      if (!byName.has(name)) byName.set(name, { name, points: [] });
      byName.get(name)?.points.push({ x: step, y });
    }
  }
  return [...byName.values()].filter((series) => series.points.length >= FEWEST_POINTS);
}
