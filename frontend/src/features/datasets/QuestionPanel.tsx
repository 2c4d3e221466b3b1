import { Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import type { DatasetVersion, Question } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useReadAgain } from './queries';
import { ReadingPreview } from './ReadingPreview';
import { answered, type Reading, readingOf } from './readings';
import { useReadingWords } from './useReadingWords';

const MOST_SHOWN = 4;

interface Props {
  version: DatasetVersion;
  question: Question;
  onKeep: () => void;
}

/** One reading that is not certain: how the file looks in each of them, side by side, to choose from. */
export function QuestionPanel({ version, question, onKeep }: Props) {
  const { t, say } = useI18n();
  const words = useReadingWords();
  const readAgain = useReadAgain(version.dataset_id);
  const before = readingOf(version.options);
  const name = (answer: string) => words(answered({}, question, answer)).join(' · ');
  const readings = [question.chosen, ...question.alternatives].slice(0, MOST_SHOWN).map((answer) => ({
    answer,
    reading: answered(before, question, answer) as Reading,
    chosen: answer === question.chosen,
  }));
  return (
    <Paper component="section" aria-label={t('question.title')}>
      <Stack gap="sm">
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <IconHelpCircle size={20} aria-hidden="true" style={{ flex: 'none' }} />
          <Title order={2} fz="sm" style={{ overflowWrap: 'anywhere' }}>
            {say(`question.${question.code}`, question.message, {
              chosen: question.chosen,
              ...question.details,
            })}
          </Title>
        </Group>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          {readings.map(({ answer, reading, chosen }) => (
            <Stack key={answer} gap="xs" miw={0}>
              <Group justify="space-between" gap="xs" mih={30}>
                <Text fz="sm" fw={500}>
                  {name(answer)}
                  {chosen && (
                    <Text span fz="sm" c="dimmed">
                      {` · ${t('question.asItIs')}`}
                    </Text>
                  )}
                </Text>
                <Button
                  size="xs"
                  variant={chosen ? 'default' : 'light'}
                  disabled={readAgain.isPending}
                  loading={readAgain.isPending && readAgain.variables.reading === reading}
                  onClick={() => (chosen ? onKeep() : readAgain.mutate({ version: version.number, reading }))}
                >
                  {t(chosen ? 'question.keep' : 'question.choose')}
                </Button>
              </Group>
              <ReadingPreview datasetId={version.dataset_id} version={version.number} reading={reading} />
            </Stack>
          ))}
        </SimpleGrid>
        <ErrorNote error={readAgain.error} />
      </Stack>
    </Paper>
  );
}
