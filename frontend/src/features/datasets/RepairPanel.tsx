import { Button, Checkbox, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { DatasetVersion, Repair } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useRepair } from './queries';

interface Props {
  version: DatasetVersion;
  onDone: () => void;
  onClose: () => void;
}

/** The repairs that lose no meaning, to choose from; done, they make the next version. */
export function RepairPanel({ version, onDone, onClose }: Props) {
  const { t } = useI18n();
  const repair = useRepair(version);
  const [chosen, setChosen] = useState(() => version.repairs.map((offer): string => offer.repair));
  return (
    <Paper component="section" aria-label={t('repair.title')} mb="md">
      <Stack gap="md">
        <div>
          <Title order={2} fz="sm">
            {t('repair.title')}
          </Title>
          <Text fz="sm" c="dimmed">
            {t('repair.hint', { number: version.number })}
          </Text>
        </div>
        <Checkbox.Group value={chosen} onChange={setChosen} aria-label={t('repair.title')}>
          <Stack gap="sm">
            {version.repairs.map((offer) => (
              <Checkbox
                key={offer.repair}
                value={offer.repair}
                label={`${t(`repair.${offer.repair}`)} · ${t('repair.rows', { count: offer.rows })}`}
                description={[...offer.columns, ...offer.examples].join(' · ') || undefined}
                styles={{ body: { overflowWrap: 'anywhere' } }}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <ErrorNote error={repair.error} />
        <Group gap="xs">
          <Button
            loading={repair.isPending}
            disabled={chosen.length === 0}
            onClick={() => repair.mutate(chosen as Repair[], { onSuccess: onDone })}
          >
            {t('repair.submit')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
