import { Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { IconArrowDownRight, IconArrowUpRight, IconEqual } from '@tabler/icons-react';
import type { Evaluation, GenerationEvaluation } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';

const LOOK = {
  better: { color: 'teal', icon: IconArrowUpRight },
  similar: { color: 'gray', icon: IconEqual },
  worse: { color: 'red', icon: IconArrowDownRight },
} as const;

/** Is it good? The sentence, and beneath it the number with its meaning. */
export function VerdictNote({ evaluation }: { evaluation: Evaluation | GenerationEvaluation }) {
  const { t, language } = useI18n();
  const { verdict } = evaluation;
  const number = useNumber(evaluation);
  const { color, icon: Icon } = LOOK[verdict.level];
  return (
    <Paper mb="lg" p="lg">
      <Stack gap="md">
        <Text fz="lg" lh={1.55} maw={860} style={{ overflowWrap: 'anywhere' }}>
          {verdict[language]}
        </Text>
        <Group gap="sm" align="baseline">
          <Text fz={28} lh="36px" fw={600} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {number.value}
          </Text>
          <Badge color={color} leftSection={<Icon size={12} aria-hidden="true" />}>
            {t(`verdict.${verdict.level}`)}
          </Badge>
          <Text fz="sm" c="dimmed">
            {number.meaning}
          </Text>
        </Group>
      </Stack>
    </Paper>
  );
}

/** The one number that sums it up. */
function useNumber(evaluation: Evaluation | GenerationEvaluation) {
  const { t, format } = useI18n();
  const between = ({ low, high }: { low: number; high: number }) => ({
    low: format.percent(low),
    high: format.percent(high),
  });
  if (evaluation.task === 'text_generation') {
    const { perplexity_cut: cut, scored_rows: rows } = evaluation;
    return {
      value: t('writing.cut', { percent: format.percent(cut.value) }),
      meaning: t('writing.cutOf', { rows, ...between(cut) }),
    };
  }
  const { accuracy, correct, rows } = evaluation;
  return {
    value: t('model.right', { percent: format.percent(accuracy.value) }),
    meaning: t('model.rightOf', { correct, rows, ...between(accuracy) }),
  };
}
