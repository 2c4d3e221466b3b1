import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ColumnProfile } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { sentences } from '~/i18n/sentences';
import classes from './ColumnCard.module.css';
import { Examples } from './Examples';
import { LengthChart } from './LengthChart';
import { ValueBars } from './ValueBars';

/** What one column holds, what it would be used for and why, and how its cells are distributed. */
export function ColumnCard({ column, rows }: { column: ColumnProfile; rows: number }) {
  const { t, say, format } = useI18n();
  const repeats = column.top_values.some(({ count }) => count > 1);
  const facts = [
    [t('datasets.missing'), `${format.number(column.missing)} · ${format.percent(column.missing / rows)}`],
    [t('datasets.distinct'), format.number(column.distinct)],
    [
      t('datasets.lengths'),
      column.lengths
        ? `${format.number(column.lengths.median)} · ${format.number(column.lengths.longest)}`
        : '—',
    ],
  ];
  return (
    <Paper component="section" className={classes.card} aria-label={column.name}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
          <Title order={2} size="h3" className={classes.name}>
            {column.name}
          </Title>
          <Group gap={4} wrap="nowrap">
            {column.suggested_role && <Badge color="teal">{t(`role.${column.suggested_role}`)}</Badge>}
            <Badge color="gray">{t(`columnType.${column.type}`)}</Badge>
          </Group>
        </Group>
        <Text fz="sm" c="dimmed" className={classes.name}>
          {sentences(say, 'column', column.reason, column.reasons)}
        </Text>
        <dl className={classes.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <Text component="dt" fz="xs" c="dimmed">
                {name}
              </Text>
              <Text component="dd" fz="sm" className={classes.fact}>
                {value}
              </Text>
            </div>
          ))}
        </dl>
        {repeats ? (
          <ValueBars column={column} rows={rows} />
        ) : (
          column.examples.length > 0 && <Examples examples={column.examples} />
        )}
        {column.lengths && column.lengths.histogram.length > 1 && (
          <LengthChart column={column.name} bins={column.lengths.histogram} />
        )}
      </Stack>
    </Paper>
  );
}
