import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { Dataset, DatasetVersion } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useReadAgain } from './queries';
import { ReadingFields } from './ReadingFields';
import { ReadingPreview } from './ReadingPreview';
import { type Reading, readingOf } from './readings';

/** Long enough that a name is typed before it is tried. */
const TYPED_MS = 400;

interface Props {
  dataset: Dataset;
  /** None where the file could not be read at all. */
  version?: DatasetVersion;
  onDone: () => void;
}

/** Every option of reading a file, with the first rows as they would be. */
export function ReadingForm({ dataset, version, onDone }: Props) {
  const { t } = useI18n();
  const [reading, setReading] = useState<Reading>(version ? readingOf(version.options) : {});
  const [settled] = useDebouncedValue(reading, TYPED_MS);
  const readAgain = useReadAgain(dataset.id);
  const number = version?.number ?? null;
  return (
    <Paper component="section" mb="lg" aria-label={t('reading.title')}>
      <Stack gap="md">
        <Title order={2}>{t('reading.title')}</Title>
        <Text fz="sm" c="dimmed">
          {t('reading.hint')}
        </Text>
        <ReadingFields
          reading={reading}
          excel={version ? version.format === 'excel' : true}
          onChange={setReading}
        />
        <ReadingPreview datasetId={dataset.id} version={number} reading={settled} />
        <ErrorNote error={readAgain.error} />
        <Group gap="xs">
          <Button
            loading={readAgain.isPending}
            onClick={() => readAgain.mutate({ version: number, reading }, { onSuccess: onDone })}
          >
            {t('reading.submit')}
          </Button>
          <Button variant="default" onClick={onDone}>
            {t('common.close')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
