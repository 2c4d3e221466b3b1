import { Paper, ScrollArea, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './DataTable.module.css';

export interface Column<Row> {
  key: string;
  header: ReactNode;
  numeric?: boolean;
  wide?: boolean;
  /** By which way the rows are sorted, if by this column. */
  sorted?: 'ascending' | 'descending';
  cell: (row: Row) => ReactNode;
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string | number;
}

/** A table in a thin frame that scrolls sideways by itself where it is too wide. */
export function DataTable<Row>({ label, columns, rows, rowKey }: Props<Row>) {
  return (
    <Paper p={0} className={classes.frame}>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
        <Table aria-label={label} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th
                  key={column.key}
                  className={classes.head}
                  data-numeric={column.numeric}
                  aria-sort={column.sorted}
                >
                  {column.header}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={rowKey(row)}>
                {columns.map((column) => (
                  <Table.Td
                    key={column.key}
                    className={classes.cell}
                    data-numeric={column.numeric}
                    data-wide={column.wide}
                  >
                    {column.cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Paper>
  );
}
