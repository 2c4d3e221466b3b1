import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { DatasetVersion, DatasetVersionSummary } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { TextLink } from '~/components/LinkButton';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { versionsQuery } from './queries';
import { readingOf } from './readings';
import { useReadingWords } from './useReadingWords';

interface Props {
  version: DatasetVersion;
  latest: number | null;
}

/** Every version, where it came from, and its downloads. */
export function VersionsTab({ version, latest }: Props) {
  const { t, format } = useI18n();
  const versions = useQuery(versionsQuery(version.dataset_id, latest));
  return (
    <QueryView query={versions}>
      {({ data }) => (
        <DataTable
          label={t('datasets.versions')}
          rows={data}
          rowKey={({ number }) => number}
          columns={[
            {
              key: 'number',
              header: t('datasets.version'),
              cell: ({ number }) => (
                <Group gap="xs" wrap="nowrap">
                  <TextLink
                    to="/datasets/$datasetId"
                    params={{ datasetId: version.dataset_id }}
                    search={{ version: number }}
                    fz="sm"
                    fw={500}
                  >
                    {t('common.versionShort', { number })}
                  </TextLink>
                  {number === version.number && <Badge color="gray">{t('datasets.shownVersion')}</Badge>}
                </Group>
              ),
            },
            {
              key: 'origin',
              header: t('datasets.origin'),
              wide: true,
              cell: (row) => <Origin version={row} />,
            },
            {
              key: 'rows',
              header: t('datasets.row'),
              numeric: true,
              cell: ({ rows }) => format.number(rows),
            },
            {
              key: 'created',
              header: t('common.created'),
              cell: ({ created_at }) => <Ago time={created_at} />,
            },
            {
              key: 'download',
              header: t('datasets.download'),
              cell: (row) => <Downloads version={row} />,
            },
          ]}
        />
      )}
    </QueryView>
  );
}

function Origin({ version }: { version: DatasetVersionSummary }) {
  const { t, format } = useI18n();
  const reading = useReadingWords()(readingOf(version.options));
  const { upload, repaired } = version;
  if (!upload) return null;
  const key = version.origin === 'upload' ? 'datasets.fromUpload' : 'datasets.fromReading';
  const words =
    repaired?.done.map(({ repair, rows }) => `${t(`repair.${repair}`)}: ${format.number(rows)}`) ?? reading;
  return (
    <Stack gap={2}>
      <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
        {repaired
          ? t('datasets.fromRepair', { number: repaired.version })
          : t(key, { name: upload.filename, size: format.bytes(upload.bytes) })}
      </Text>
      {words.length > 0 && (
        <Text fz="sm" c="dimmed">
          {words.join(' · ')}
        </Text>
      )}
    </Stack>
  );
}

function Downloads({ version }: { version: DatasetVersionSummary }) {
  const { t } = useI18n();
  return (
    <Group gap="sm" wrap="nowrap">
      {(['original', 'csv', 'parquet'] as const).map((kind) => (
        <Anchor
          key={kind}
          fz="sm"
          href={downloadAddress(version, kind)}
          aria-label={t(`download.${kind}Of`, { number: version.number })}
          download
        >
          {t(`download.${kind}`)}
        </Anchor>
      ))}
    </Group>
  );
}

export function downloadAddress(
  { dataset_id, number }: Pick<DatasetVersionSummary, 'dataset_id' | 'number'>,
  format: 'original' | 'csv' | 'parquet',
): string {
  return `/api/v1/datasets/${encodeURIComponent(dataset_id)}/versions/${number}/download?format=${format}`;
}
