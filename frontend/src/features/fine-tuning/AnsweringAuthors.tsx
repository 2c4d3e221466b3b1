import { MultiSelect } from '@mantine/core';
import type { ColumnProfile } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { namesPeople } from './forms';

interface Props {
  author: ColumnProfile;
  chosen: string[];
  error: string | undefined;
  onChoose: (chosen: string[]) => void;
}

/** Whose messages the model learns to write, the most frequent first: who answers writes more than one customer. */
export function AnsweringAuthors({ author, chosen, error, onChoose }: Props) {
  const { t } = useI18n();
  const names = author.top_values.map(({ value }) => value);
  return (
    <MultiSelect
      label={t('fineTune.answering')}
      description={t(namesPeople(author) ? 'fineTuneHint.answeringNames' : 'fineTuneHint.answering')}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      placeholder={chosen.length > 0 ? undefined : t('fineTune.answeringChoose')}
      data={[...new Set([...chosen, ...names])]}
      value={chosen}
      error={error}
      searchable
      onChange={onChoose}
    />
  );
}
