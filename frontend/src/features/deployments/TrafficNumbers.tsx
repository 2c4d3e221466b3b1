import { Paper, SimpleGrid, Text } from '@mantine/core';
import type { Traffic } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { useMilliseconds } from './useMilliseconds';

/** The whole period in four numbers, each with its meaning. */
export function TrafficNumbers({ total }: Pick<Traffic, 'total'>) {
  const { t, format } = useI18n();
  const milliseconds = useMilliseconds();
  const errors = total.refused + total.failed;
  const share = total.requests ? format.percent(errors / total.requests) : null;
  const cards = [
    { name: t('traffic.requests'), value: format.number(total.requests), note: t('traffic.requestsNote') },
    {
      name: t('traffic.errors'),
      value: share ? `${format.number(errors)} · ${share}` : format.number(errors),
      note: t('traffic.errorsNote', { refused: total.refused, failed: total.failed }),
    },
    { name: t('traffic.p50'), value: milliseconds(total.p50_ms), note: t('traffic.p50Note') },
    { name: t('traffic.p95'), value: milliseconds(total.p95_ms), note: t('traffic.p95Note') },
  ];
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs">
      {cards.map(({ name, value, note }) => (
        <Paper key={name} p="sm">
          <Text c="dimmed" fz="xs">
            {name}
          </Text>
          <Text fz="lg" fw={600} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {value}
          </Text>
          <Text c="dimmed" fz="xs">
            {note}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
