import { Drawer, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { DatasetVersion } from '~/api/types';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { CellText } from './CellText';
import classes from './RowPanel.module.css';
import { RowSteps } from './RowSteps';
import { rowQuery } from './rowQueries';

interface Props {
  version: DatasetVersion;
  row: number;
  only: number[];
  onOpen: (row: number | undefined) => void;
}

/** One row with its whole cells. */
export function RowPanel({ version, row, only, onOpen }: Props) {
  const { t, format } = useI18n();
  const found = useQuery(rowQuery(version.dataset_id, version.number, row));
  return (
    <Drawer
      opened
      onClose={() => onOpen(undefined)}
      position="right"
      size="lg"
      title={t('datasets.rowTitle', { row })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <RowSteps rows={version.rows} row={row} only={only} onOpen={onOpen} />
      <QueryView query={found} rows={version.columns.length}>
        {({ columns, rows }) => (
          <Stack gap="md" mt="md" component="dl">
            {columns.map((name, place) => {
              const value = rows[0]?.values[place];
              return (
                <div key={name}>
                  <Group component="dt" gap="xs" justify="space-between" wrap="nowrap">
                    <Text fz="xs" c="dimmed" fw={500} className={classes.name}>
                      {name}
                    </Text>
                    {value && (
                      <Text fz="xs" c="dimmed">
                        {t('datasets.characters', { count: format.number(value.length) })}
                      </Text>
                    )}
                  </Group>
                  <dd className={classes.value}>
                    {value ? (
                      <CellText value={value} />
                    ) : (
                      <Text fz="sm" c="dimmed">
                        {t('datasets.emptyCell')}
                      </Text>
                    )}
                  </dd>
                </div>
              );
            })}
          </Stack>
        )}
      </QueryView>
    </Drawer>
  );
}
