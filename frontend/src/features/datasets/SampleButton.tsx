import { Button, Stack } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { Dataset } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useUpload } from './queries';
import { sampleFile } from './sampleFile';

/** Uploads the sample spreadsheet with one click. */
export function SampleButton({ onUploaded }: { onUploaded: (dataset: Dataset) => void }) {
  const { t } = useI18n();
  const upload = useUpload();
  const start = useMutation({
    mutationFn: async () => upload.mutateAsync(await sampleFile()),
    onSuccess: onUploaded,
  });
  return (
    <Stack gap="xs" align="center">
      <Button
        variant="default"
        leftSection={<IconSparkles size={16} stroke={1.6} />}
        loading={start.isPending}
        onClick={() => start.mutate()}
      >
        {t('upload.sample')}
      </Button>
      <ErrorNote error={start.error} title={t('upload.failed', { name: t('upload.sampleName') })} />
    </Stack>
  );
}
