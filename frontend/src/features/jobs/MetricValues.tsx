import { Paper, SimpleGrid, Text } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import { metricLabel, metricValue } from './metricNames';

/** Numbers with their names. */
export function MetricValues({ values }: { values: Record<string, number> }) {
  const { t, format } = useI18n();
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs">
      {Object.entries(values).map(([name, value]) => (
        <Paper key={name} p="sm">
          <Text fz="xs" c="dimmed">
            {metricLabel(name, t)}
          </Text>
          <Text fz="lg" fw={600} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {metricValue(name, value, format)}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
