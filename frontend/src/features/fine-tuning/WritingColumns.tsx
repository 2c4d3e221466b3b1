import { MultiSelect, NativeSelect, SimpleGrid } from '@mantine/core';
import type { DatasetVersion } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { sentences } from '~/i18n/sentences';
import { AnsweringAuthors } from './AnsweringAuthors';
import { type Choices, completed } from './choices';
import { PARTS, type Part } from './forms';
import type { ErrorOf } from './placedErrors';
import { ANSWERING, answeringIn, type Settings, withSetting } from './settings';

interface Props {
  version: DatasetVersion;
  choices: Choices;
  changes: Settings;
  errorOf: ErrorOf;
  onChoose: (changed: Choices) => void;
}

/** A field for each role of the form; beneath it why the column is taken for that. */
export function WritingColumns({ version, choices, changes, errorOf, onChoose }: Props) {
  const { t, say } = useI18n();
  const { form, columns, author } = completed(choices, version);
  const names = version.columns.map(({ name }) => name);
  const why = ({ role, optional }: Part) => {
    const column = version.columns.find(({ name }) => name === columns[role]?.[0]);
    if (column?.suggested_role === role) return sentences(say, 'column', column.reason, column.reasons);
    return optional ? t(`fineTuneHint.${role as 'system' | 'conversation'}`) : undefined;
  };
  // Another column has other names.
  const without = (role: Part['role']) =>
    role === 'author' ? { set: withSetting(changes, ANSWERING, undefined) } : {};
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      {PARTS[form].map((part) => {
        const { role, several, optional } = part;
        const shared = {
          label: optional ? t('fineTune.optional', { what: t(`fineTune.${role}`) }) : t(`fineTune.${role}`),
          description: why(part),
          inputWrapperOrder: ORDER,
          error: errorOf(`columns.${role}`),
        };
        return several ? (
          <MultiSelect
            key={role}
            {...shared}
            data={names}
            value={columns[role] ?? []}
            onChange={(chosen) => onChoose({ [role]: chosen })}
          />
        ) : (
          <NativeSelect
            key={role}
            {...shared}
            data={[{ value: '', label: t(optional ? 'fineTune.none' : 'fineTune.choose') }, ...names]}
            value={columns[role]?.[0] ?? ''}
            onChange={(event) => onChoose({ [role]: event.currentTarget.value, ...without(role) })}
          />
        );
      })}
      {author && (
        <AnsweringAuthors
          author={author}
          chosen={answeringIn(changes)}
          error={errorOf(`hyperparameters.${ANSWERING}`)}
          onChoose={(chosen) => onChoose({ set: withSetting(changes, ANSWERING, chosen) })}
        />
      )}
    </SimpleGrid>
  );
}

const ORDER: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];
