import { ScrollArea, Skeleton, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Preview } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { previewQuery } from './queries';
import classes from './ReadingPreview.module.css';
import type { Reading } from './readings';
import { useReadingWords } from './useReadingWords';

interface Props {
  datasetId: string;
  version: number | null;
  reading: Reading;
}

/** The first rows of the file, as they would be in one reading. */
export function ReadingPreview({ datasetId, version, reading }: Props) {
  const { t } = useI18n();
  const words = useReadingWords()(reading).join(' · ');
  const { data, error, isPending, refetch } = useQuery(previewQuery(datasetId, version, reading));
  if (isPending) return <Skeleton height={180} aria-label={t('common.loading')} />;
  if (error) return <ErrorNote error={error} retry={() => refetch()} />;
  return (
    <div>
      <PreviewTable preview={data} label={t('reading.preview', { reading: words || t('reading.found') })} />
      <Text fz="xs" c="dimmed" mt={4}>
        {t('datasets.columnCount', { count: data.column_count })}
        {data.rejected_rows > 0 && ` · ${t('reading.rejected', { count: data.rejected_rows })}`}
      </Text>
    </div>
  );
}

function PreviewTable({ preview, label }: { preview: Preview; label: string }) {
  return (
    <ScrollArea
      className={classes.frame}
      type="auto"
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}
    >
      <Table fz="xs" horizontalSpacing={8} verticalSpacing={4} aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {preview.columns.map((name) => (
              <Table.Th key={name} className={classes.cell}>
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {preview.rows.map((cells, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name than their place
            <Table.Tr key={row}>
              {cells.map((cell, place) => (
                <Table.Td key={preview.columns[place]} className={classes.cell}>
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
