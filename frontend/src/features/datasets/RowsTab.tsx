import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { DatasetVersion } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { GoToRow } from './GoToRow';
import { RowGrid } from './RowGrid';
import type { DatasetSearch } from './search';
import { useFindingText } from './useFindingText';

const RowPanel = lazy(async () => ({ default: (await import('./RowPanel')).RowPanel }));

/** Browsers give up on elements of more than some 17 million pixels; a longer table comes in parts. */
const MOST_ROWS_OF_A_PART = 400_000;

interface Props {
  version: DatasetVersion;
  search: DatasetSearch;
  onSearch: (change: Partial<DatasetSearch>) => void;
}

/** All rows, or only those of a finding. */
export function RowsTab({ version, search, onSearch }: Props) {
  const { t } = useI18n();
  const finding = search.finding === undefined ? undefined : version.findings[search.finding];
  const only = finding?.rows ?? [];
  const total = only.length || version.rows;
  const start = only.length > 0 ? 0 : partStart(search.row ?? 1);
  const part = { start, count: Math.min(total - start, MOST_ROWS_OF_A_PART) };
  const text = useFindingText();
  const open = (row: number | undefined) => onSearch({ row });
  return (
    <Stack gap="xs">
      {finding && (
        <Alert color="blue" role="status">
          <Group justify="space-between" gap="xs">
            <Text fz="sm">
              {text.message(finding)} {t('datasets.onlyThese', { count: only.length })}
            </Text>
            <Button
              size="xs"
              variant="default"
              onClick={() => onSearch({ finding: undefined, row: undefined })}
            >
              {t('datasets.allRows')}
            </Button>
          </Group>
        </Alert>
      )}
      <Group justify="space-between" gap="xs">
        <Text fz="sm" c="dimmed">
          {t('datasets.rowsShown', { from: start + 1, to: start + part.count, total })}
        </Text>
        {only.length === 0 && <GoToRow rows={version.rows} onGo={open} />}
      </Group>
      <RowGrid
        key={`${start} ${search.finding}`}
        version={version}
        only={only}
        part={part}
        open={search.row}
        onOpen={open}
      />
      {search.row !== undefined && search.row <= version.rows && (
        <Suspense>
          <RowPanel version={version} row={search.row} only={only} onOpen={open} />
        </Suspense>
      )}
    </Stack>
  );
}

function partStart(row: number): number {
  return Math.floor((row - 1) / MOST_ROWS_OF_A_PART) * MOST_ROWS_OF_A_PART;
}
