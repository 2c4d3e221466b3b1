import { Badge, Group, Text } from '@mantine/core';
import type { ColumnProfile } from '~/api/types';
import { DataTable } from '~/components/DataTable';
import { useI18n } from '~/i18n/I18nProvider';

/** What each column holds, what it could be used for, and why. */
export function ColumnTable({ columns }: { columns: ColumnProfile[] }) {
  const { t, format } = useI18n();
  return (
    <DataTable
      label={t('datasets.columns')}
      rows={columns}
      rowKey={(column) => column.name}
      columns={[
        {
          key: 'name',
          header: t('datasets.column'),
          cell: (column) => (
            <Text fz="sm" fw={500}>
              {column.name}
            </Text>
          ),
        },
        {
          key: 'type',
          header: t('datasets.type'),
          cell: (column) => (
            <Group gap={4} wrap="nowrap">
              <Badge color="gray">{t(`columnType.${column.type}`)}</Badge>
              {column.suggested_role && <Badge color="teal">{t(`role.${column.suggested_role}`)}</Badge>}
            </Group>
          ),
        },
        {
          key: 'reason',
          header: t('datasets.reason'),
          wide: true,
          cell: (column) => (
            <Text fz="sm" c="dimmed">
              {column.reason}
            </Text>
          ),
        },
        {
          key: 'missing',
          header: t('datasets.missing'),
          numeric: true,
          cell: (column) => format.number(column.missing),
        },
        {
          key: 'distinct',
          header: t('datasets.distinct'),
          numeric: true,
          cell: (column) => format.number(column.distinct),
        },
      ]}
    />
  );
}
