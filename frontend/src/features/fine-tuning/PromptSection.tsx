import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useRef } from 'react';
import type { FineTuneRequest } from '~/api/types';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { type Form, hasQuestion } from './forms';
import { LessonPreview } from './LessonPreview';
import type { ErrorOf } from './placedErrors';
import type { Settings } from './settings';

const MOST_BUTTONS = 24;

interface Props {
  form: Form;
  columns: string[];
  rows: number;
  changes: Settings;
  /** What a row would be shown for, once it is complete. */
  request: FineTuneRequest | null;
  errorOf: ErrorOf;
  onSet: (name: string, value: string | undefined) => void;
}

/** What the model is told and asked around the rows, and what becomes of a row by that. */
export function PromptSection({ form, columns, rows, changes, request, errorOf, onSet }: Props) {
  const { t } = useI18n();
  const field = (name: 'system_prompt' | 'prompt_template') => (
    <BlankField
      key={name}
      label={t(`prompt.${name}`)}
      hint={t(`promptHint.${name}`)}
      placeholder={t(`promptExample.${name}`)}
      value={String(changes[name] ?? '')}
      columns={columns}
      error={errorOf(`hyperparameters.${name}`)}
      onChange={(value) => onSet(name, value || undefined)}
    />
  );
  return (
    <Section title={t('prompt.title')} hint={t('prompt.hint')}>
      <Stack gap="md">
        {field('system_prompt')}
        {hasQuestion(form) && field('prompt_template')}
        <LessonPreview request={request} rows={rows} errorOf={errorOf} />
      </Stack>
    </Section>
  );
}

interface FieldProps {
  label: string;
  hint: string;
  placeholder: string;
  value: string;
  columns: string[];
  error: string | undefined;
  onChange: (value: string) => void;
}

/** A text with blanks; a button for each column puts its blank where the cursor is. */
function BlankField({ label, hint, placeholder, value, columns, error, onChange }: FieldProps) {
  const { t } = useI18n();
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (name: string) => {
    const [from, to] = [
      area.current?.selectionStart ?? value.length,
      area.current?.selectionEnd ?? value.length,
    ];
    const blank = `{{${name}}}`;
    onChange(value.slice(0, from) + blank + value.slice(to));
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(from + blank.length, from + blank.length);
    });
  };
  return (
    <div>
      <Textarea
        ref={area}
        attributes={{ input: { dir: 'auto' } }}
        label={label}
        description={hint}
        placeholder={placeholder}
        value={value}
        error={error}
        autosize
        minRows={2}
        maxRows={12}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {columns.length > 0 && (
        <Group gap={6} mt={6} role="group" aria-label={t('prompt.insert', { field: label })}>
          <Text fz="xs" c="dimmed">
            {t('prompt.blanks')}
          </Text>
          {columns.slice(0, MOST_BUTTONS).map((name) => (
            <Button
              key={name}
              size="compact-xs"
              variant="default"
              ff="monospace"
              maw={220}
              aria-label={t('prompt.insertColumn', { column: name })}
              onClick={() => insert(name)}
            >
              <Text span inherit truncate>
                {`{{${name}}}`}
              </Text>
            </Button>
          ))}
        </Group>
      )}
    </div>
  );
}
