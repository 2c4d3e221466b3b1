import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import type { Question } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import type { Translate } from '~/i18n/translate';
import { useReadAgain } from './queries';

interface Props {
  datasetId: string;
  questions: Question[];
}

/** Readings that are not certain; choosing another one reads the file again. */
export function Questions({ datasetId, questions }: Props) {
  const { t } = useI18n();
  const readAgain = useReadAgain(datasetId);
  if (questions.length === 0) return null;
  return (
    <Stack gap="xs" mb="lg">
      {questions.map((question) => (
        <Alert key={question.code} color="blue" icon={<IconHelpCircle size={18} />}>
          <Stack gap="xs">
            <Text fz="sm">{question.message}</Text>
            <Group gap="xs">
              {question.alternatives.map((answer) => (
                <Button
                  key={answer}
                  size="xs"
                  variant="default"
                  disabled={readAgain.isPending}
                  onClick={() => readAgain.mutate({ question, answer })}
                >
                  {t('question.readAgain', { reading: reading(question, answer, t) })}
                </Button>
              ))}
            </Group>
          </Stack>
        </Alert>
      ))}
      <ErrorNote error={readAgain.error} />
    </Stack>
  );
}

function reading({ code }: Question, answer: string, t: Translate): string {
  if (code === 'header') return t(answer === 'true' ? 'question.header' : 'question.noHeader');
  if (code === 'comment') return t('question.skipLines', { count: Number(answer) });
  if (code === 'delimiter')
    return answer === '\t' ? t('question.tab') : t('question.delimiter', { character: answer });
  return answer;
}
