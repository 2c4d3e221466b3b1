import { Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { IconArrowDownRight, IconArrowUpRight, IconEqual } from '@tabler/icons-react';
import type { Evaluation } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';

const LOOK = {
  better: { color: 'teal', icon: IconArrowUpRight },
  similar: { color: 'gray', icon: IconEqual },
  worse: { color: 'red', icon: IconArrowDownRight },
} as const;

/** Is it good? The sentence, and beneath it the number with its meaning. */
export function VerdictNote({ evaluation }: { evaluation: Evaluation }) {
  const { t, format, language } = useI18n();
  const { verdict, accuracy, correct, rows } = evaluation;
  const { color, icon: Icon } = LOOK[verdict.level];
  return (
    <Paper mb="lg" p="lg">
      <Stack gap="md">
        <Text fz="lg" lh={1.55} maw={860} style={{ overflowWrap: 'anywhere' }}>
          {verdict[language]}
        </Text>
        <Group gap="sm" align="baseline">
          <Text fz={28} lh="36px" fw={600} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {t('model.right', { percent: format.percent(accuracy.value) })}
          </Text>
          <Badge color={color} leftSection={<Icon size={12} aria-hidden="true" />}>
            {t(`verdict.${verdict.level}`)}
          </Badge>
          <Text fz="sm" c="dimmed">
            {t('model.rightOf', {
              correct,
              rows,
              low: format.percent(accuracy.low),
              high: format.percent(accuracy.high),
            })}
          </Text>
        </Group>
      </Stack>
    </Paper>
  );
}
