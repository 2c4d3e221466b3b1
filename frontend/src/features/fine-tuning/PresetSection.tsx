import { Group, Radio, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import type { Estimate, Task } from '~/api/types';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './ChoiceCard.module.css';
import { PRESETS, type Preset } from './choices';
import type { Estimates } from './queries';

interface Props {
  task: Task;
  preset: Preset;
  estimates: Estimates;
  onChoose: (preset: Preset) => void;
}

/** How thoroughly it learns, and what each way takes here. */
export function PresetSection({ task, preset, estimates, onChoose }: Props) {
  const { t, say } = useI18n();
  const basis = estimates[preset]?.data?.basis;
  const from = basis && t('estimate.basis', { basis: say(`estimate.${basis.code}`, basis.message) });
  return (
    <Section title={t('fineTune.preset')} hint={`${t('why.preset')} ${from ?? ''}`}>
      <Radio.Group
        aria-label={t('fineTune.preset')}
        value={preset}
        onChange={(value) => onChoose(value as Preset)}
      >
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
          {PRESETS.map((name) => (
            <Radio.Card key={name} value={name} className={classes.card} aria-label={t(`preset.${name}`)}>
              <Group wrap="nowrap" align="flex-start" gap="sm">
                <Radio.Indicator mt={2} />
                <Stack gap={4}>
                  <Text fz="sm" fw={600}>
                    {t(`preset.${name}`)}
                  </Text>
                  <Text fz="sm" c="dimmed">
                    {t(task === 'text_generation' ? `presetWrites.${name}` : `presetHint.${name}`)}
                  </Text>
                  <Takes estimate={estimates[name]?.data} failed={estimates[name]?.isError ?? false} />
                </Stack>
              </Group>
            </Radio.Card>
          ))}
        </SimpleGrid>
      </Radio.Group>
    </Section>
  );
}

function Takes({ estimate, failed }: { estimate: Estimate | undefined; failed: boolean }) {
  const { t, say, format } = useI18n();
  if (!estimate) return failed ? null : <Skeleton height={20} width={180} />;
  return (
    <Text fz="sm" className={classes.facts}>
      {t('estimate.takes', {
        time: format.duration(estimate.seconds),
        memory: format.bytes(estimate.memory_bytes),
        device: say(`device.${estimate.device_saying.code}`, estimate.device, estimate.device_saying.details),
      })}
    </Text>
  );
}
