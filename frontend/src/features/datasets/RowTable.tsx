import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { DataTable } from '~/components/DataTable';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { rowsQuery } from './queries';

/** The first rows, exactly as the sheet has them. */
export function RowTable({ datasetId, number }: { datasetId: string; number: number }) {
  const { t, format } = useI18n();
  return (
    <QueryView query={useQuery(rowsQuery(datasetId, number))} rows={6}>
      {({ columns, rows }) => (
        <DataTable
          label={t('datasets.rows')}
          rows={rows}
          rowKey={({ row }) => row}
          columns={[
            {
              key: 'row',
              header: t('datasets.row'),
              numeric: true,
              cell: ({ row }) => (
                <Text fz="sm" c="dimmed">
                  {format.number(row)}
                </Text>
              ),
            },
            ...columns.map((name, place) => ({
              key: `column ${name}`,
              header: name,
              wide: rows.some(({ values }) => (values[place]?.length ?? 0) > 40),
              cell: ({ values }: { values: (string | null)[] }) => (
                <Text fz="sm" lineClamp={3} title={values[place] ?? undefined}>
                  {values[place]}
                </Text>
              ),
            })),
          ]}
        />
      )}
    </QueryView>
  );
}
