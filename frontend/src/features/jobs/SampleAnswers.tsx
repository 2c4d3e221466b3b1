import { ActionIcon, Group, Stack, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { Section } from '~/components/Section';
import { SideBySide } from '~/components/SideBySide';
import { useI18n } from '~/i18n/I18nProvider';
import type { SamplePoint } from './liveJob';
import classes from './SampleAnswers.module.css';

/** What the model answers to the same questions, before and while it learns; goes along until somebody looks back. */
export default function SampleAnswers({ samples }: { samples: SamplePoint[] }) {
  const { t } = useI18n();
  const [chosen, setChosen] = useState<number | null>(null);
  const last = samples.length - 1;
  const place = Math.min(chosen ?? last, last);
  const [first, now] = [samples[0], samples[place]];
  if (!first || !now) return null;
  const go = (wanted: number) => setChosen(wanted >= last ? null : Math.max(0, wanted));
  const words = (at: number) => stepWords(samples[at]?.step ?? 0, t);
  return (
    <Section title={t('samples.title')} hint={t('samples.hint')}>
      <Stack gap="md">
        {last > 0 && (
          <Group gap="xs" wrap="nowrap">
            <ActionIcon
              variant="default"
              aria-label={t('samples.earlier')}
              disabled={place === 0}
              onClick={() => go(place - 1)}
            >
              <IconChevronLeft size={16} />
            </ActionIcon>
            <input
              type="range"
              className={classes.range}
              aria-label={t('samples.moment')}
              aria-valuetext={words(place)}
              min={0}
              max={last}
              step={1}
              value={place}
              onChange={(event) => go(Number(event.currentTarget.value))}
            />
            <ActionIcon
              variant="default"
              aria-label={t('samples.later')}
              disabled={place === last}
              onClick={() => go(place + 1)}
            >
              <IconChevronRight size={16} />
            </ActionIcon>
            <Text fz="sm" style={{ fontVariantNumeric: 'tabular-nums' }} aria-live="polite">
              {words(place)}
            </Text>
          </Group>
        )}
        {now.answers.map(({ row, prompt, expected, answer }) => (
          <SideBySide
            key={row}
            question={prompt}
            note={t('samples.row', { row })}
            answers={[
              { name: t('samples.expected'), text: expected },
              { name: t('samples.before'), text: answerTo(first, row) },
              ...(place > 0 ? [{ name: words(place), text: answer, strong: true }] : []),
            ]}
          />
        ))}
      </Stack>
    </Section>
  );
}

function answerTo({ answers }: SamplePoint, row: number): string {
  return answers.find((each) => each.row === row)?.answer ?? '';
}

function stepWords(step: number, t: ReturnType<typeof useI18n>['t']): string {
  return step === 0 ? t('samples.before') : t('samples.step', { step });
}
