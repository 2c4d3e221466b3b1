import { NativeSelect, Paper, Stack, TagsInput, Textarea, Title } from '@mantine/core';
import { NumberField } from '~/components/NumberField';
import { useI18n } from '~/i18n/I18nProvider';
import { type AnswerFormat, type ChatSettings, FORMATS, SCHEMA_EXAMPLE, schemaOf } from './settings';

interface Props {
  settings: ChatSettings;
  /** What the model is told where a request tells it nothing. */
  taught: string;
  onChange: (changed: Partial<ChatSettings>) => void;
}

/** What the model is told, and how it is to answer; an empty field leaves it to the server. */
export function ChatSettingsForm({ settings, taught, onChange }: Props) {
  const { t } = useI18n();
  const { system, temperature, topP, frequencyPenalty, maxTokens, seed, stop, format, schema } = settings;
  const number = (
    label: 'temperature' | 'topP' | 'frequencyPenalty' | 'maxTokens' | 'seed',
    value: number | undefined,
    bounds: { min: number; max?: number; step?: number },
  ) => (
    <NumberField
      key={label}
      size="xs"
      label={t(`chatSetting.${label}`)}
      description={t(`chatSettingHint.${label}`)}
      placeholder={t('chat.asServer')}
      value={value}
      allowDecimal={bounds.step !== undefined}
      clampBehavior="strict"
      {...bounds}
      onChange={(entered) => onChange({ [label]: entered })}
    />
  );
  return (
    <Paper component="section" aria-label={t('chat.settings')}>
      <Stack gap="sm">
        <Title order={2}>{t('chat.settings')}</Title>
        <Textarea
          size="xs"
          attributes={{ input: { dir: 'auto' } }}
          label={t('prompt.system_prompt')}
          description={taught ? t('chatSettingHint.system') : undefined}
          placeholder={taught || t('promptExample.system_prompt')}
          value={system}
          autosize
          minRows={2}
          maxRows={10}
          onChange={(event) => onChange({ system: event.currentTarget.value })}
        />
        {number('temperature', temperature, { min: 0, max: 2, step: 0.1 })}
        {number('topP', topP, { min: 0, max: 1, step: 0.05 })}
        {number('frequencyPenalty', frequencyPenalty, { min: -2, max: 2, step: 0.1 })}
        {number('maxTokens', maxTokens, { min: 1 })}
        {number('seed', seed, { min: 0 })}
        <TagsInput
          size="xs"
          label={t('chatSetting.stop')}
          description={t('chatSettingHint.stop')}
          maxTags={4}
          splitChars={[]}
          isDuplicate={(text, known) => known.includes(text)}
          value={stop}
          onChange={(texts) => onChange({ stop: texts })}
        />
        <NativeSelect
          size="xs"
          label={t('chatSetting.format')}
          value={format}
          data={FORMATS.map((value) => ({ value, label: t(`chatFormat.${value}`) }))}
          onChange={(event) => onChange({ format: event.currentTarget.value as AnswerFormat })}
        />
        {format === 'json_schema' && (
          <Textarea
            size="xs"
            label={t('chatSetting.schema')}
            placeholder={SCHEMA_EXAMPLE}
            value={schema}
            error={schemaOf(schema) === undefined && t('chat.notSchema')}
            autosize
            minRows={4}
            maxRows={16}
            ff="monospace"
            onChange={(event) => onChange({ schema: event.currentTarget.value })}
          />
        )}
      </Stack>
    </Paper>
  );
}
