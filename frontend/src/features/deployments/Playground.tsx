import { Button, Group, Paper, SimpleGrid, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ErrorNote } from '~/components/ErrorNote';
import { ScoreBar } from '~/components/ScoreBar';
import { useI18n } from '~/i18n/I18nProvider';
import { usePredict } from './queries';

const SHOWN = 8;

/** Text in, scores out. */
export function Playground({ name, enabled }: { name: string; enabled: boolean }) {
  const { t } = useI18n();
  const [text, setText] = useState('');
  const predict = usePredict(name);
  const prediction = predict.data?.predictions[0];
  const scores = Object.entries(prediction?.scores ?? {});
  const submit = (event: FormEvent) => {
    event.preventDefault();
    predict.mutate(text);
  };
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Textarea
            aria-label={t('playground.text')}
            placeholder={t('playground.placeholder')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autosize
            minRows={6}
            maxRows={16}
            required
          />
          <Group>
            <Button type="submit" disabled={!enabled || text.trim() === ''} loading={predict.isPending}>
              {t('playground.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
      <Paper aria-live="polite">
        <ErrorNote error={predict.error} />
        {!prediction && !predict.error && (
          <Text c="dimmed" fz="sm">
            {t('playground.empty')}
          </Text>
        )}
        <Stack gap="sm">
          {scores.slice(0, SHOWN).map(([label, score]) => (
            <ScoreBar key={label} label={label} fraction={score} strong={label === prediction?.label} />
          ))}
          {scores.length > SHOWN && (
            <Text c="dimmed" fz="sm">
              {t('playground.more', { count: scores.length - SHOWN })}
            </Text>
          )}
        </Stack>
      </Paper>
    </SimpleGrid>
  );
}
