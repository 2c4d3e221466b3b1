import { Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { IconArrowDownRight, IconArrowUpRight, IconEqual } from '@tabler/icons-react';
import type { Evaluation, GenerationEvaluation } from '~/api/types';
import { signedPoints } from '~/components/signedPoints';
import { useI18n } from '~/i18n/I18nProvider';

const LOOK = {
  better: { color: 'teal', icon: IconArrowUpRight },
  similar: { color: 'gray', icon: IconEqual },
  worse: { color: 'red', icon: IconArrowDownRight },
} as const;

/** Is it good? The sentence, and beneath it the number with its meaning. */
export function VerdictNote({ evaluation }: { evaluation: Evaluation | GenerationEvaluation }) {
  const { language } = useI18n();
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
            {number.level}
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
  const { level } = evaluation.verdict;
  if (evaluation.task === 'text_generation') {
    const { perplexity_cut: cut, scored_rows: rows, preference } = evaluation;
    if (preference) {
      const { pairs, preferred } = preference;
      return {
        value: t('writing.preferred', { percent: format.percent(preferred.value) }),
        level: t(`writing.${level}`),
        meaning: t('writing.preferredOf', {
          pairs,
          low: format.percent(preferred.low),
          high: format.percent(preferred.high),
        }),
      };
    }
    const change = (fraction: number) => `${signedPoints(fraction, format)}\u202f%`;
    return {
      value: t('writing.change', { change: change(-cut.value) }),
      level: t(`writing.${level}`),
      meaning: t('writing.changeOf', { rows, low: change(-cut.high), high: change(-cut.low) }),
    };
  }
  const { accuracy, correct, rows } = evaluation;
  const between = { low: format.percent(accuracy.low), high: format.percent(accuracy.high) };
  return {
    value: t('model.right', { percent: format.percent(accuracy.value) }),
    level: t(`verdict.${level}`),
    meaning: t('model.rightOf', { correct, rows, ...between }),
  };
}
