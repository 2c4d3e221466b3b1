import { Group, Paper, Text } from '@mantine/core';
import { type ReactNode, useId, useRef, useState } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './ChartFrame.module.css';
import { ChartMenu } from './ChartMenu';
import { saveCsv, savePng } from './chartFiles';
import { type Column, DataTable } from './DataTable';
import { useWidth } from './useWidth';

export type ChartCell = string | number | null;

export interface ChartColumn {
  /** Its name, in the table and in the CSV file. */
  name: string;
  /** How the table writes its numbers; the CSV file keeps them exact. */
  format?: (value: number) => string;
}

/** What the chart shows, to be read as a table. */
export interface ChartTable {
  columns: ChartColumn[];
  rows: ChartCell[][];
}

interface Props {
  title: string;
  /** Name of the saved files, without an ending. */
  fileName: string;
  table: ChartTable;
  /** Draws the chart as one SVG of this width in pixels. */
  children: (width: number) => ReactNode;
}

/** Where nothing can be measured. */
const USUAL_WIDTH = 640;

/** A chart with its title, which can be read as a table and saved as a picture or as CSV. */
export function ChartFrame({ title, fileName, table, children }: Props) {
  const { t } = useI18n();
  const titleId = useId();
  const [asTable, setAsTable] = useState(false);
  const { ref: measured, width } = useWidth<HTMLDivElement>();
  const drawing = useRef<HTMLDivElement>(null);
  const savePicture = () => {
    const svg = drawing.current?.querySelector('svg');
    return svg ? savePng(fileName, title, svg) : undefined;
  };
  return (
    <Paper component="figure" className={classes.frame} aria-labelledby={titleId}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs" mb="xs">
        <Text component="figcaption" id={titleId} fz="sm" fw={500}>
          {title}
        </Text>
        <ChartMenu
          asTable={asTable}
          onAsTable={setAsTable}
          onPicture={asTable ? undefined : savePicture}
          onCsv={() => saveCsv(fileName, table)}
        />
      </Group>
      <div ref={measured}>
        {asTable ? (
          <DataTable
            label={t('chart.tableOf', { title })}
            columns={table.columns.map(tableColumn)}
            rows={table.rows.map((cells, number) => ({ cells, number }))}
            rowKey={({ number }) => number}
          />
        ) : (
          <div ref={drawing} className={classes.drawing}>
            {children(width || USUAL_WIDTH)}
          </div>
        )}
      </div>
    </Paper>
  );
}

interface TableRow {
  cells: ChartCell[];
  number: number;
}

function tableColumn({ name, format }: ChartColumn, place: number): Column<TableRow> {
  return {
    key: name,
    header: name,
    numeric: format !== undefined,
    cell: ({ cells }) => {
      const value = cells[place];
      return typeof value === 'number' && format ? format(value) : value;
    },
  };
}
