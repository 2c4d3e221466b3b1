import { Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { ColumnProfile } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './ColumnCard.module.css';

const SHOWN_AT_FIRST = 8;

/** The most frequent values of a column as bars with their counts. */
export function ValueBars({ column, rows }: { column: ColumnProfile; rows: number }) {
  const { t, format } = useI18n();
  const [all, setAll] = useState(false);
  const values = column.top_values;
  const most = values[0]?.count ?? 1;
  const more = values.length - SHOWN_AT_FIRST;
  const untold = column.distinct - values.length;
  return (
    <div>
      <Text fz="xs" c="dimmed" mb={4}>
        {t('datasets.frequent')}
      </Text>
      <ul className={classes.values} data-all={all} tabIndex={all ? 0 : undefined}>
        {(all ? values : values.slice(0, SHOWN_AT_FIRST)).map(({ value, count }, place) => (
          // Long ones, of which the beginning is shown, may begin alike.
          // biome-ignore lint/suspicious/noArrayIndexKey: so they have no other name than their place
          <li key={place} className={classes.value} title={value}>
            <span className={classes.bar} style={{ width: `${(count / most) * 100}%` }} aria-hidden="true" />
            <span className={classes.label}>{value}</span>
            <span className={classes.count}>
              {format.number(count)} · {format.percent(count / rows)}
            </span>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <UnstyledButton fz="xs" c="teal" mt={4} onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t('datasets.fewerValues') : t('datasets.moreValues', { count: more })}
        </UnstyledButton>
      )}
      {all && untold > 0 && (
        <Text fz="xs" c="dimmed">
          {t('datasets.untoldValues', { count: untold })}
        </Text>
      )}
    </div>
  );
}
