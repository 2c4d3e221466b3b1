import { Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { ChartSkeleton } from '~/components/ChartSkeleton';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import type { ResourcePoint } from './liveJob';

const ResourceCharts = lazy(() => import('./ResourceCharts'));
const FEWEST_POINTS = 2;

interface Props {
  points: ResourcePoint[];
  running: boolean;
  /** Whether the points are on their way. */
  waiting: boolean;
}

/** What the trainer uses of the machine, or used while it ran. */
export function Machine({ points, running, waiting }: Props) {
  const { t, format } = useI18n();
  const last = points.at(-1);
  if (waiting)
    return (
      <Section title={t('machine.title')}>
        <ChartSkeleton />
      </Section>
    );
  if (!last) return null;
  const most = Math.max(...points.map(({ memory }) => memory));
  const now = t('machine.now', {
    memory: format.bytes(last.memory),
    total: format.bytes(last.memoryTotal),
    processors: format.number(last.processors, 1),
    count: last.processorsTotal,
  });
  return (
    <Section title={t('machine.title')}>
      <Text fz="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
        {running && `${now} `}
        {t('machine.most', { memory: format.bytes(most) })}
      </Text>
      {points.length >= FEWEST_POINTS && (
        <Suspense fallback={<ChartSkeleton />}>
          <ResourceCharts points={points} />
        </Suspense>
      )}
    </Section>
  );
}
