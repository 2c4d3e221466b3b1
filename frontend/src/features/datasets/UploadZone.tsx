import { Progress, Stack } from '@mantine/core';
import type { Dataset } from '~/api/types';
import { DropZone } from '~/components/DropZone';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useUpload } from './queries';

const ACCEPT = '.csv,.tsv,.txt,.xlsx,.xls,.json,.jsonl,.ndjson,.parquet,.gz,.zip';

/** Drop a spreadsheet here; it becomes a dataset. */
export function UploadZone({ onUploaded }: { onUploaded: (dataset: Dataset) => void }) {
  const { t, format } = useI18n();
  const upload = useUpload();
  const name = upload.variables?.name ?? '';
  return (
    <Stack gap="xs">
      <DropZone
        title={upload.isPending ? t('upload.sending', { name }) : t('upload.title')}
        hint={upload.isPending ? format.percent(upload.sent, 0) : t('upload.hint')}
        accept={ACCEPT}
        disabled={upload.isPending}
        onFile={(file) => upload.mutate(file, { onSuccess: onUploaded })}
      >
        {upload.isPending && (
          <Progress value={upload.sent * 100} w="100%" maw={320} mt="xs" aria-label={t('upload.progress')} />
        )}
      </DropZone>
      <ErrorNote error={upload.error} title={t('upload.failed', { name })} />
    </Stack>
  );
}
