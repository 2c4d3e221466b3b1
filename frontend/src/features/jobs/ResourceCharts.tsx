import { SimpleGrid } from '@mantine/core';
import { ChartFrame } from '~/components/ChartFrame';
import { LineChart } from '~/components/LineChart';
import { useI18n } from '~/i18n/I18nProvider';
import type { ResourcePoint } from './liveJob';

/** Memory and processors of the trainer over time. */
export default function ResourceCharts({ points }: { points: ResourcePoint[] }) {
  const { t, format } = useI18n();
  const seconds = t('chart.seconds');
  const whole = (value: number) => format.number(value);
  const charts = [
    {
      key: 'memory',
      title: t('machine.memory'),
      yLabel: t('machine.memoryAxis'),
      of: (point: ResourcePoint) => point.memory / 1e9,
      show: (value: number) => format.number(value, 2),
    },
    {
      key: 'processors',
      title: t('machine.processors'),
      yLabel: t('machine.processorsAxis'),
      of: (point: ResourcePoint) => point.processors,
      show: (value: number) => format.number(value, 2),
    },
  ];
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      {charts.map(({ key, title, yLabel, of, show }) => (
        <ChartFrame
          key={key}
          title={title}
          fileName={key}
          table={{
            columns: [
              { name: seconds, format: whole },
              { name: yLabel, format: show },
            ],
            rows: points.map((point) => [Math.round(point.x), of(point)]),
          }}
        >
          {(width) => (
            <LineChart
              title={title}
              width={width}
              xLabel={seconds}
              yLabel={yLabel}
              series={[{ name: title, points: points.map((point) => ({ x: point.x, y: of(point) })) }]}
              formatX={whole}
              format={show}
              from={0}
            />
          )}
        </ChartFrame>
      ))}
    </SimpleGrid>
  );
}
