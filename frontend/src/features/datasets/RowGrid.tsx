import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import type { ColumnProfile, DatasetVersion } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { columnWidths } from './columnWidths';
import { GridRow } from './GridRow';
import classes from './RowGrid.module.css';
import { useRowPages } from './useRowPages';

export const ROW_HEIGHT = 36;
const NUMBER_WIDTH = 72;
const MOST_VISIBLE_ROWS = 16;

interface Props {
  version: DatasetVersion;
  /** Numbers of the rows that are shown; none for all. */
  only: number[];
  /** The part of all rows that is shown: rows that come before it, and how many there are in it. */
  part: { start: number; count: number };
  open: number | undefined;
  onOpen: (row: number) => void;
}

/** Rows of a version as the sheet has them: only what is in view is drawn and asked for, in both directions. */
export function RowGrid({ version, only, part, open, onOpen }: Props) {
  const { t } = useI18n();
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize<HTMLDivElement>();
  const widths = useMemo(() => columnWidths(version.columns, width - NUMBER_WIDTH), [version.columns, width]);
  const rows = useVirtualizer({
    count: part.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    paddingStart: ROW_HEIGHT,
    scrollPaddingStart: ROW_HEIGHT,
  });
  const columns = useVirtualizer({
    horizontal: true,
    count: version.columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (place) => widths[place] ?? 0,
    overscan: 3,
    paddingStart: NUMBER_WIDTH,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the widths are what is measured anew
  useEffect(() => columns.measure(), [widths]);
  const place = open === undefined ? -1 : only.length > 0 ? only.indexOf(open) : open - 1 - part.start;
  useEffect(() => {
    if (place >= 0) rows.scrollToIndex(place, { align: 'auto' });
  }, [place, rows]);
  const visible = rows.getVirtualItems();
  const shown = columns.getVirtualItems();
  const [first, last] = [visible[0]?.index ?? 0, visible.at(-1)?.index ?? 0];
  const source = { datasetId: version.dataset_id, number: version.number, only };
  const pages = useRowPages(source, part.start + first, part.start + last);
  return (
    <>
      <ErrorNote error={pages.error} retry={pages.retry} />
      <section
        ref={useMergedRef(scroller, measured)}
        className={classes.scroller}
        style={{ height: ROW_HEIGHT * (Math.min(part.count, MOST_VISIBLE_ROWS) + 1) + 16 }}
        aria-label={t('datasets.rows')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <table
          aria-label={t('datasets.rows')}
          aria-rowcount={part.count + 1}
          aria-colcount={version.columns.length + 1}
          className={classes.table}
          style={{ height: rows.getTotalSize(), width: columns.getTotalSize() }}
        >
          <Head columns={version.columns} shown={shown} />
          <tbody>
            {visible.map(({ index, start }) => (
              <GridRow
                key={index}
                ariaIndex={index + 2}
                number={only[index] ?? part.start + index + 1}
                row={pages.rowAt(part.start + index)}
                top={start}
                shown={shown}
                isOpen={index === place}
                onOpen={onOpen}
              />
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

interface HeadProps {
  columns: ColumnProfile[];
  shown: { index: number; start: number; size: number }[];
}

function Head({ columns, shown }: HeadProps) {
  const { t } = useI18n();
  return (
    <thead className={classes.head}>
      <tr aria-rowindex={1}>
        <th scope="col" aria-colindex={1} className={classes.number}>
          {t('datasets.row')}
        </th>
        {shown.map(({ index, start, size }) => (
          <th
            key={index}
            scope="col"
            aria-colindex={index + 2}
            className={classes.cell}
            style={{ left: start, width: size }}
            title={columns[index]?.name}
          >
            {columns[index]?.name}
          </th>
        ))}
      </tr>
    </thead>
  );
}
