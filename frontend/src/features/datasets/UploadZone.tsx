import { Progress, Stack } from '@mantine/core';
import type { Dataset } from '~/api/types';
import { DropZone } from '~/components/DropZone';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useUpload } from './queries';

export const ACCEPT = '.csv,.tsv,.txt,.xlsx,.xls,.xlsb,.ods,.json,.jsonl,.ndjson,.parquet,.conll';

interface Props {
  /** The dataset that gets a next version; a new one is made if it is not given. */
  datasetId?: string;
  onUploaded: (dataset: Dataset) => void;
}

/** Drop a spreadsheet here; it becomes a dataset, or the next version of one. */
export function UploadZone({ datasetId, onUploaded }: Props) {
  const { t, format } = useI18n();
  const upload = useUpload(datasetId);
  const { bytes, total } = upload.sent;
  const name = upload.variables?.name ?? '';
  const share = bytes / Math.max(total, 1);
  const sent = t('upload.sent', {
    sent: format.bytes(bytes),
    total: format.bytes(total),
    percent: format.percent(share, 0),
  });
  return (
    <Stack gap="xs">
      <DropZone
        title={upload.isPending ? t('upload.sending', { name }) : t('upload.title')}
        hint={upload.isPending ? (bytes < total ? sent : t('upload.storing')) : t('upload.hint')}
        accept={ACCEPT}
        disabled={upload.isPending}
        onFile={(file) => upload.mutate(file, { onSuccess: onUploaded })}
      >
        {upload.isPending && (
          <Progress value={share * 100} w="100%" maw={320} mt="xs" aria-label={t('upload.progress')} />
        )}
      </DropZone>
      <ErrorNote error={upload.error} title={t('upload.failed', { name })} />
    </Stack>
  );
}
