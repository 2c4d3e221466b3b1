import {
  Button,
  Group,
  MultiSelect,
  NativeSelect,
  Paper,
  SegmentedControl,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DatasetVersion, FineTuneRequest, Job } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { EstimateNote } from './EstimateNote';
import { estimateQuery, useFineTune } from './queries';

const PRESETS = ['fast', 'balanced', 'best'] as const;
type Preset = (typeof PRESETS)[number];

interface Props {
  version: DatasetVersion;
  onStarted: (job: Job) => void;
  onClose: () => void;
}

function columnsOf(mapped: string | string[] | undefined): string[] {
  return mapped === undefined ? [] : [mapped].flat();
}

/** What should it learn, how thoroughly, and what will that take: then start. */
export function FineTunePanel({ version, onStarted, onClose }: Props) {
  const { t } = useI18n();
  const [text, setText] = useState(columnsOf(version.suggested_columns.text));
  const [label, setLabel] = useState(columnsOf(version.suggested_columns.label)[0] ?? '');
  const [preset, setPreset] = useState<Preset>('fast');
  const request: FineTuneRequest = {
    dataset_id: version.dataset_id,
    version: version.number,
    task: 'text_classification',
    columns: { ...version.suggested_columns, text, label },
    base_model: 'auto',
    preset,
    seed: 0,
  };
  const complete = text.length > 0 && label !== '';
  const estimate = useQuery({ ...estimateQuery(request), enabled: complete });
  const fineTune = useFineTune();
  const choices = [
    { value: '', label: t('fineTune.choose') },
    ...version.columns.map(({ name }) => ({ value: name, label: name })),
  ];
  return (
    <Paper mb="lg" p="lg" component="section" aria-label={t('fineTune.title')}>
      <Stack gap="md">
        <Title order={2}>{t('fineTune.title')}</Title>
        <Group gap="md" grow preventGrowOverflow={false} align="flex-start">
          <MultiSelect
            label={t('fineTune.text')}
            data={version.columns.map(({ name }) => name)}
            value={text}
            onChange={setText}
          />
          <NativeSelect
            label={t('fineTune.label')}
            data={choices}
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
        </Group>
        <Stack gap={4}>
          <Text fz="sm" fw={500}>
            {t('fineTune.preset')}
          </Text>
          <SegmentedControl
            aria-label={t('fineTune.preset')}
            value={preset}
            onChange={(value) => setPreset(value as Preset)}
            data={PRESETS.map((value) => ({ value, label: t(`preset.${value}`) }))}
          />
          <Text fz="sm" c="dimmed">
            {t(`presetHint.${preset}`)}
          </Text>
        </Stack>
        {complete && !estimate.isError && <EstimateNote estimate={estimate.data} />}
        <ErrorNote error={fineTune.error ?? (complete ? estimate.error : null)} />
        <Group gap="xs">
          <Button
            disabled={!estimate.isSuccess || estimate.isPlaceholderData}
            loading={fineTune.isPending}
            onClick={() => fineTune.mutate(request, { onSuccess: onStarted })}
          >
            {t('fineTune.start')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('common.close')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
