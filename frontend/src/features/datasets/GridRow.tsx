import { UnstyledButton } from '@mantine/core';
import { memo } from 'react';
import type { DatasetRow } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './RowGrid.module.css';

interface Props {
  ariaIndex: number;
  number: number;
  /** Not there yet while it is being asked for. */
  row: DatasetRow | undefined;
  top: number;
  shown: { index: number; start: number; size: number }[];
  isOpen: boolean;
  onOpen: (row: number) => void;
}

/** One row; a click anywhere on it opens it in full. */
export const GridRow = memo(function GridRow({ ariaIndex, number, row, top, shown, isOpen, onOpen }: Props) {
  const { t, format } = useI18n();
  return (
    <tr
      aria-rowindex={ariaIndex}
      aria-busy={row === undefined}
      className={classes.row}
      data-open={isOpen}
      style={{ transform: `translateY(${top}px)` }}
    >
      <th scope="row" aria-colindex={1} className={classes.rowHeader}>
        <UnstyledButton
          className={classes.open}
          onClick={() => onOpen(number)}
          aria-label={t('datasets.openRow', { row: number })}
        >
          <span className={classes.number}>{format.number(number)}</span>
        </UnstyledButton>
      </th>
      {shown.map(({ index, start, size }) =>
        row ? (
          <td
            key={index}
            aria-colindex={index + 2}
            dir="auto"
            className={classes.cell}
            style={{ left: start, width: size }}
          >
            {row.values[index] || <span className={classes.missing}>—</span>}
          </td>
        ) : (
          <td
            key={index}
            aria-colindex={index + 2}
            className={classes.waiting}
            style={{ left: start + 12, width: size * 0.6 }}
          />
        ),
      )}
    </tr>
  );
});
