import { Button, Paper, SimpleGrid, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ModelVersion } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { downloadBytes, FORMATS } from './downloadBytes';

/** The files of a version, and what each package is for. */
export function Downloads({ version }: { version: ModelVersion }) {
  const { t, format } = useI18n();
  const made = FORMATS.filter((wanted) => downloadBytes(version.files, wanted) > 0);
  const path = `/api/v1/models/${version.model_id}/versions/${version.number}/download`;
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
      {made.map((wanted) => (
        <Paper key={wanted}>
          <Stack gap="xs" h="100%" justify="space-between" align="flex-start">
            <div>
              <Title order={3}>{t(`download.${wanted}`)}</Title>
              <Text fz="sm" c="dimmed">
                {t(`downloadHint.${wanted}`)}
              </Text>
            </div>
            <Button
              component="a"
              href={`${path}?format=${wanted}`}
              size="xs"
              variant="default"
              leftSection={<IconDownload size={14} aria-hidden="true" />}
            >
              {t('download.zip', { size: format.bytes(downloadBytes(version.files, wanted)) })}
              <VisuallyHidden>{t('download.as', { format: t(`download.${wanted}`) })}</VisuallyHidden>
            </Button>
          </Stack>
        </Paper>
      ))}
    </SimpleGrid>
  );
}
