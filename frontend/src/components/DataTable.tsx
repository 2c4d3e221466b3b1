import { Paper, ScrollArea, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './DataTable.module.css';

export interface Column<Row> {
  key: string;
  header: ReactNode;
  numeric?: boolean;
  wide?: boolean;
  /** Left out on a phone; what it says is on the page of the row too. */
  minor?: boolean;
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

/**
 * A table in a thin frame that scrolls sideways by itself where it is too wide. With a wide column it becomes a list on
 * a phone: what is in the wide column, and beneath it the others with their names.
 */
export function DataTable<Row>({ label, columns, rows, rowKey }: Props<Row>) {
  const stacks = columns.some((column) => column.wide);
  // The roles are said, because a browser forgets those of a table that is laid out as a list.
  return (
    <Paper p={0} className={classes.frame}>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
        <Table
          aria-label={label}
          role="table"
          highlightOnHover
          className={classes.table}
          data-stacks={stacks}
        >
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              {columns.map((column) => (
                <Table.Th
                  key={column.key}
                  role="columnheader"
                  className={classes.head}
                  data-numeric={column.numeric}
                  data-minor={column.minor}
                  aria-sort={column.sorted}
                >
                  {column.header}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {rows.map((row) => (
              <Table.Tr key={rowKey(row)} role="row">
                {columns.map((column) => (
                  <Table.Td
                    key={column.key}
                    role="cell"
                    className={classes.cell}
                    data-numeric={column.numeric}
                    data-wide={column.wide}
                    data-minor={column.minor}
                    data-name={typeof column.header === 'string' ? column.header : undefined}
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
