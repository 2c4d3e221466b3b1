import { Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { Deployment } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import type { Input } from './examples';
import { PlaygroundAnswer } from './PlaygroundAnswer';
import { PlaygroundForm } from './PlaygroundForm';
import { PlaygroundHistory } from './PlaygroundHistory';
import { type Asked, usePlaygroundHistory } from './playgroundHistory';
import { usePredict } from './queries';

/** Text in, scores out, and what was asked before. */
export function Playground({ deployment, focus }: { deployment: Deployment; focus: number }) {
  const { t } = useI18n();
  const predict = usePredict(deployment.name);
  const history = usePlaygroundHistory(deployment.id);
  const [shown, setShown] = useState<Asked | undefined>(history.entries[0]);
  const [form, setForm] = useState<{ input?: Input; number: number }>({ number: 0 });
  const prediction = predict.data?.predictions[0];
  const answer =
    predict.data && prediction ? { prediction, modelVersionId: predict.data.model_version_id } : shown;
  const ask = (input: Input) =>
    predict.mutate(input, {
      onSuccess: ({ predictions: [first], model_version_id: modelVersionId }) => {
        if (first) history.remember({ input, prediction: first, modelVersionId });
      },
    });
  const open = (asked: Asked) => {
    predict.reset();
    setShown(asked);
    setForm(({ number }) => ({ input: asked.input, number: number + 1 }));
  };
  return (
    <Stack gap="xl">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <PlaygroundForm
          key={form.number}
          columns={deployment.text_columns}
          start={form.input}
          focus={focus}
          enabled={deployment.revision !== null}
          pending={predict.isPending}
          onAsk={ask}
        />
        <Paper aria-live="polite" mih={220}>
          {predict.error && <ErrorNote error={predict.error} />}
          {!predict.error && answer && <PlaygroundAnswer answer={answer} routes={deployment.routes} />}
          {!predict.error && !answer && (
            <Text c="dimmed" fz="sm">
              {t('playground.empty')}
            </Text>
          )}
        </Paper>
      </SimpleGrid>
      <PlaygroundHistory entries={history.entries} onOpen={open} onForget={history.forget} />
    </Stack>
  );
}
