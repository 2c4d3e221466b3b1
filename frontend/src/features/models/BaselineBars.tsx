import { Paper, Stack } from '@mantine/core';
import type { Evaluation } from '~/api/types';
import { ScoreBar } from '~/components/ScoreBar';
import { useI18n } from '~/i18n/I18nProvider';
import { signedPoints } from './signedPoints';

/** The model beside other ways to answer, on the same rows. */
export function BaselineBars({ evaluation }: { evaluation: Evaluation }) {
  const { t, format } = useI18n();
  return (
    <Paper>
      <Stack gap="md">
        <ScoreBar label={t('model.thisVersion')} fraction={evaluation.accuracy.value} strong />
        {evaluation.baselines.map((baseline) => (
          <ScoreBar
            key={baseline.kind}
            label={t(`baseline.${baseline.kind}`)}
            fraction={baseline.accuracy.value}
            note={t('model.difference', { points: signedPoints(baseline.difference.value, format) })}
          />
        ))}
      </Stack>
    </Paper>
  );
}
