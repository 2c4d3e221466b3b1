import { Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ExamAnswer, ModelVersion } from '~/api/types';
import { EmptyNote } from '~/components/EmptyNote';
import { LinkButton } from '~/components/LinkButton';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { SideBySide } from '~/components/SideBySide';
import { useI18n } from '~/i18n/I18nProvider';
import { Pages } from './Pages';
import { answersQuery } from './queries';
import { ANSWER_ORDERS, type AnswerOrder } from './search';
import { useVersionSearch } from './useVersionSearch';

const TYPING_MS = 250;

/** Every answer of the exam beside the expected one and that of the untuned model; can be searched. */
export default function WrittenAnswers({ version }: { version: ModelVersion }) {
  const { t } = useI18n();
  const [{ find, closeness, page }, change] = useVersionSearch();
  const [typed, setTyped] = useState(find ?? '');
  const [wanted] = useDebouncedValue(typed.trim(), TYPING_MS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed changes the address
  useEffect(() => {
    if (wanted !== (find ?? '')) change({ find: wanted || undefined, page: undefined });
  }, [wanted]);
  const answers = useQuery(answersQuery(version.model_id, version.number, { find, closeness, page }));
  return (
    <Section
      title={t('written.title')}
      hint={t('written.hint', { dataset: version.dataset.name })}
      aside={
        <LinkButton
          to="/models/$modelId/versions/$number/vote"
          params={{ modelId: version.model_id, number: String(version.number) }}
          size="xs"
          variant="default"
        >
          {t('vote.open')}
        </LinkButton>
      }
    >
      <Group gap="sm" align="flex-end">
        <TextInput
          flex="1 1 240px"
          maw={420}
          label={t('written.search')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('rows.order')}
          value={closeness ?? 'sheet'}
          onChange={({ currentTarget: { value } }) =>
            change({ closeness: value === 'sheet' ? undefined : (value as AnswerOrder), page: undefined })
          }
          data={ANSWER_ORDERS.map((value) => ({ value, label: t(`answerOrder.${value}`) }))}
        />
      </Group>
      <QueryView query={answers} rows={8}>
        {({ data, total }) =>
          total === 0 ? (
            <EmptyNote text={t(find ? 'written.notFound' : 'written.none')} />
          ) : (
            <Stack gap="sm">
              {data.map((answer) => (
                <Row key={answer.row} answer={answer} />
              ))}
              <Pages page={page ?? 1} total={total} onPage={(chosen) => change({ page: chosen })} />
            </Stack>
          )
        }
      </QueryView>
    </Section>
  );
}

function Row({ answer }: { answer: ExamAnswer }) {
  const { t, format } = useI18n();
  return (
    <SideBySide
      question={answer.asked}
      note={t('written.row', { row: answer.row, chrf: format.number(answer.chrf, 0) })}
      answers={[
        { name: t('samples.expected'), text: answer.expected },
        { name: t('way.tuned'), text: answer.answer, strong: true },
        { name: t('way.base'), text: answer.base },
      ]}
    />
  );
}
