import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DatasetVersion } from '~/api/types';
import { DataTable } from '~/components/DataTable';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { type LeftOut, leftOutQuery, PAGE_ROWS } from './rowQueries';

/** Lines of the file that could not be read as rows, or rows that repairs removed, and why. */
export function RejectTable({ version, kind }: { version: DatasetVersion; kind: LeftOut }) {
  const { t, say, format } = useI18n();
  const [page, setPage] = useState(0);
  const from = page * PAGE_ROWS;
  return (
    <QueryView query={useQuery(leftOutQuery(version.dataset_id, version.number, kind, page))}>
      {({ rejects, total }) => (
        <Stack gap="xs">
          <DataTable
            label={t(`datasets.${kind}`)}
            rows={rejects}
            rowKey={({ line }) => line}
            columns={[
              {
                key: 'line',
                header: t(kind === 'rejects' ? 'datasets.line' : 'datasets.row'),
                numeric: true,
                cell: ({ line }) => format.number(line),
              },
              {
                key: 'reason',
                header: t('datasets.reason'),
                wide: true,
                cell: ({ code, reason, details }) => say(`reason.${code}`, reason, details),
              },
              {
                key: 'raw',
                header: t(kind === 'rejects' ? 'datasets.rawLine' : 'datasets.removedCells'),
                wide: true,
                cell: ({ raw }) => <Code style={{ overflowWrap: 'anywhere' }}>{raw}</Code>,
              },
            ]}
          />
          {total > PAGE_ROWS && (
            <Group gap="xs">
              <Button size="xs" variant="default" disabled={page === 0} onClick={() => setPage(page - 1)}>
                {t('datasets.linesBefore')}
              </Button>
              <Button
                size="xs"
                variant="default"
                disabled={from + PAGE_ROWS >= total}
                onClick={() => setPage(page + 1)}
              >
                {t('datasets.linesAfter')}
              </Button>
              <Text fz="sm" c="dimmed">
                {t('datasets.linesShown', { from: from + 1, to: from + rejects.length, total })}
              </Text>
            </Group>
          )}
        </Stack>
      )}
    </QueryView>
  );
}
