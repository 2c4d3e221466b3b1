import { Paper, Text } from '@mantine/core';
import { Term } from '~/components/Term';
import { useI18n } from '~/i18n/I18nProvider';
import { isMessageKey } from '~/i18n/translate';
import classes from './MetricValues.module.css';
import { metricLabel, metricValue } from './metricNames';

/** Numbers with their names. */
export function MetricValues({ values }: { values: Record<string, number> }) {
  const { format } = useI18n();
  return (
    <div className={classes.values}>
      {Object.entries(values).map(([name, value]) => (
        <Paper key={name} p="sm">
          <Text fz="xs" c="dimmed">
            <MetricName name={name} />
          </Text>
          <Text fz="lg" fw={600} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {metricValue(name, value, format)}
          </Text>
        </Paper>
      ))}
    </div>
  );
}

function MetricName({ name }: { name: string }) {
  const { t } = useI18n();
  const key = `gloss.${name}`;
  const word = metricLabel(name, t);
  return isMessageKey(key) ? <Term word={word} gloss={t(key)} /> : word;
}
