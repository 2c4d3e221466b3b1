import type { ClassMetrics } from '~/api/types';
import { DataTable } from '~/components/DataTable';
import { useI18n } from '~/i18n/I18nProvider';

/** How good it is at each class, the weakest first. */
export function ClassTable({ classes }: { classes: ClassMetrics[] }) {
  const { t, format } = useI18n();
  const measured = ({ support }: ClassMetrics, value: number) => (support > 0 ? format.percent(value) : '–');
  return (
    <DataTable
      label={t('model.perClass')}
      rows={classes.toSorted(weakestFirst)}
      rowKey={({ label }) => label}
      columns={[
        { key: 'label', header: t('model.class'), cell: ({ label }) => label },
        { key: 'f1', header: t('metric.f1'), numeric: true, cell: (row) => measured(row, row.f1) },
        {
          key: 'precision',
          header: t('metric.precision'),
          numeric: true,
          cell: (row) => measured(row, row.precision),
        },
        {
          key: 'recall',
          header: t('metric.recall'),
          numeric: true,
          cell: (row) => measured(row, row.recall),
        },
        {
          key: 'rows',
          header: t('model.classRows'),
          numeric: true,
          cell: ({ support }) => format.number(support),
        },
        {
          key: 'confused',
          header: t('model.confused'),
          cell: ({ most_confused_with: other }) => other,
        },
      ]}
    />
  );
}

/** Classes without a row in the exam have no score and come last. */
function weakestFirst(one: ClassMetrics, other: ClassMetrics): number {
  return Number(one.support === 0) - Number(other.support === 0) || one.f1 - other.f1;
}
