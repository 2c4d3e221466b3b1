import { Button, Stack, Text } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import { useState } from 'react';
import type { Deployment } from '~/api/types';
import { ScoreBar } from '~/components/ScoreBar';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './Playground.module.css';
import type { Asked } from './playgroundHistory';
import { hesitation } from './unsure';

const SHOWN = 8;

interface Props extends Pick<Deployment, 'routes'> {
  answer: Pick<Asked, 'prediction' | 'modelVersionId'>;
}

/** The answer in words, and how sure the model is of each label. */
export function PlaygroundAnswer({ answer: { prediction, modelVersionId }, routes }: Props) {
  const { t, format } = useI18n();
  const [all, setAll] = useState(false);
  const scores = Object.entries(prediction.scores).sort(([, a], [, b]) => b - a);
  const between = hesitation(prediction);
  const route = routes.find(({ model_version_id: id }) => id === modelVersionId);
  return (
    <Stack gap="sm">
      <div>
        <Text fz="lg" fw={600} className={classes.label}>
          {prediction.label}
        </Text>
        <Text c="dimmed" fz="sm">
          {t('playground.sure', { percent: format.percent(prediction.score) })}
          {route && ` · ${route.model_name} ${t('common.versionShort', { number: route.number })}`}
        </Text>
      </div>
      {between && (
        <Text fz="sm" className={classes.unsure}>
          <IconHelpCircle size={16} aria-hidden="true" />
          {t('playground.unsure', { first: between[0], second: between[1] })}
        </Text>
      )}
      {scores.slice(0, all ? undefined : SHOWN).map(([label, score]) => (
        <ScoreBar key={label} label={label} fraction={score} strong={label === prediction.label} />
      ))}
      {scores.length > SHOWN && !all && (
        <Button size="compact-sm" variant="subtle" onClick={() => setAll(true)}>
          {t('playground.more', { count: scores.length - SHOWN })}
        </Button>
      )}
    </Stack>
  );
}
