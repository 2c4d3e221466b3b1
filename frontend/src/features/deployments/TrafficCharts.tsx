import { Stack } from '@mantine/core';
import type { Traffic } from '~/api/types';
import { type ChartColumn, ChartFrame } from '~/components/ChartFrame';
import { useI18n } from '~/i18n/I18nProvider';
import { TimeChart, type TimeSeries } from './TimeChart';
import { useMilliseconds } from './useMilliseconds';

/** How many requests came, and how long the answered ones took. */
export function TrafficCharts({ name, traffic }: { name: string; traffic: Traffic }) {
  const { t, format } = useI18n();
  const milliseconds = useMilliseconds();
  const { points, period } = traffic;
  const count = (value: number) => format.number(value);
  const charts: { key: string; title: string; series: TimeSeries[]; format: (value: number) => string }[] = [
    {
      key: 'requests',
      title: t(`traffic.requestsIn.${period}`),
      format: count,
      series: [
        {
          name: t('traffic.answered'),
          values: points.map((point) => point.requests - point.refused - point.failed),
        },
        { name: t('traffic.refused'), values: points.map(({ refused }) => refused) },
        { name: t('traffic.failed'), values: points.map(({ failed }) => failed) },
      ],
    },
    {
      key: 'latency',
      title: t('traffic.latency'),
      format: milliseconds,
      series: [
        { name: t('traffic.p50'), values: points.map(({ p50_ms: value }) => value) },
        { name: t('traffic.p95'), values: points.map(({ p95_ms: value }) => value) },
      ],
    },
  ];
  const starts = points.map(({ start }) => start);
  return (
    <Stack gap="md">
      {charts.map(({ key, title, series, format: written }) => {
        const columns: ChartColumn[] = [
          { name: t('traffic.time') },
          ...series.map((one) => ({ name: one.name, format: written })),
        ];
        const rows = starts.map((start, place) => [
          start,
          ...series.map(({ values }) => values[place] ?? null),
        ]);
        return (
          <ChartFrame key={key} title={title} fileName={`${name}-${key}-${period}`} table={{ columns, rows }}>
            {(width) => (
              <TimeChart
                label={title}
                width={width}
                starts={starts}
                series={series}
                format={written}
                period={period}
              />
            )}
          </ChartFrame>
        );
      })}
    </Stack>
  );
}
