import { MultiSelect, NativeSelect, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ColumnProfile, DatasetVersion } from '~/api/types';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import type { Translate } from '~/i18n/translate';
import { answersIn } from './answersIn';
import { type Choices, completed } from './choices';
import { suggestedFor } from './forms';
import type { ErrorOf } from './placedErrors';

interface Props {
  version: DatasetVersion;
  choices: Choices;
  errorOf: ErrorOf;
  onChoose: (changed: Choices) => void;
  aside?: ReactNode;
}

/** Which columns are read, and which one holds the answer; with a reason each. */
export function ColumnSection({ version, choices, errorOf, onChoose, aside }: Props) {
  const { t } = useI18n();
  const [text, label] = textAndLabel(choices, version);
  const names = version.columns.map(({ name }) => name);
  const suggested = label !== '' && suggestedFor('label', version)[0] === label;
  const answer = version.columns.find(({ name }) => name === label);
  const read = version.columns.filter(({ name }) => text.includes(name));
  return (
    <Section
      title={t('fineTune.learn')}
      aside={aside}
      hint={
        answer &&
        [
          t('fineTune.task', { count: answer.distinct }),
          suggested && version.suggested_task === 'text_classification' && t('why.task'),
        ]
          .filter(Boolean)
          .join(' ')
      }
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <MultiSelect
          label={t('fineTune.text')}
          description={textReason(read, t)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={names}
          value={text}
          error={errorOf('columns.text')}
          onChange={(chosen) => onChoose({ text: chosen })}
        />
        <NativeSelect
          label={t('fineTune.label')}
          description={answer && <LabelReason rows={version.rows} answer={answer} />}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={[{ value: '', label: t('fineTune.choose') }, ...names]}
          value={label}
          error={errorOf('columns.label')}
          onChange={(event) => onChoose({ label: event.currentTarget.value })}
        />
      </SimpleGrid>
    </Section>
  );
}

function textAndLabel(choices: Choices, version: DatasetVersion): [string[], string] {
  const { columns } = completed(choices, version);
  return [columns.text ?? [], columns.label?.[0] ?? ''];
}

function textReason([first, ...more]: ColumnProfile[], t: Translate): string | undefined {
  if (first === undefined) return undefined;
  if (more.length > 0) return t('why.texts', { count: more.length + 1 });
  return t('why.text', { characters: Math.round(first.lengths?.median ?? 0) });
}

interface ReasonProps {
  rows: number;
  answer: ColumnProfile;
}

function LabelReason({ rows, answer }: ReasonProps) {
  const { t } = useI18n();
  return (
    <Text span inherit>
      {answersIn(rows - answer.missing, answer.distinct, t)}
      {answer.missing > 0 && ` ${t('why.missing', { count: answer.missing })}`}
    </Text>
  );
}
