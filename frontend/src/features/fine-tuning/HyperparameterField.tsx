import { Anchor, Checkbox, Group, NativeSelect, Text } from '@mantine/core';
import { NumberField } from '~/components/NumberField';
import { useI18n } from '~/i18n/I18nProvider';
import { isMessageKey, type Translate } from '~/i18n/translate';
import { boundsOf, isOutside } from './bounds';
import type { SettingSchema } from './queries';
import type { Setting } from './settings';

interface Props {
  task: string;
  name: string;
  schema: SettingSchema;
  /** What the preset says. */
  usual: Setting;
  /** What was chosen instead, if anything. */
  value: Setting | undefined;
  error: string | undefined;
  onChange: (value: Setting | undefined) => void;
}

/** One hyperparameter, drawn from its schema: title, explanation, unit, bounds, and the way back to the preset. */
export function HyperparameterField({ task, name, schema, usual, value, error, onChange }: Props) {
  const { t, describe } = useI18n();
  const { title, description } = describe(task, name, schema);
  const changed = value !== undefined;
  const shared = {
    label: title,
    description: (
      <Explanation
        text={description}
        schema={schema}
        usual={usual}
        reset={changed ? () => onChange(undefined) : null}
      />
    ),
    inputWrapperOrder: ['label', 'input', 'description', 'error'] as (
      | 'label'
      | 'input'
      | 'description'
      | 'error'
    )[],
  };
  if (schema.enum) {
    return (
      <NativeSelect
        {...shared}
        data={schema.enum.map((option) => ({ value: option, label: optionLabel(option, t) }))}
        value={String(value ?? usual)}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  if (schema.type === 'boolean') {
    return (
      <Checkbox
        label={shared.label}
        description={shared.description}
        checked={Boolean(value ?? usual)}
        error={error}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  const outside = typeof value === 'number' && isOutside(value, schema);
  return (
    <NumberField
      {...shared}
      value={Number(value ?? usual)}
      clampBehavior="none"
      allowDecimal={schema.type !== 'integer'}
      decimalScale={8}
      suffix={schema.unit && ` ${unitLabel(schema.unit, t)}`}
      error={outside ? t('advanced.outside', { bounds: boundsOf(schema) }) : error}
      onChange={(entered) => onChange(entered === usual ? undefined : entered)}
    />
  );
}

interface ExplanationProps {
  text: string;
  schema: SettingSchema;
  usual: Setting;
  reset: (() => void) | null;
}

function Explanation({ text, schema, usual, reset }: ExplanationProps) {
  const { t } = useI18n();
  const facts = [
    !schema.enum && schema.type !== 'boolean' && t('advanced.bounds', { bounds: boundsOf(schema) }),
    t('advanced.usual', { value: usualLabel(schema, usual, t) }),
  ];
  return (
    <>
      {text}
      <Group component="span" gap={8}>
        <Text span inherit>
          {facts.filter(Boolean).join(' ')}
        </Text>
        {reset && (
          <Anchor component="button" type="button" fz="xs" onClick={reset}>
            {t('advanced.reset')}
          </Anchor>
        )}
      </Group>
    </>
  );
}

function usualLabel(schema: SettingSchema, usual: Setting, t: Translate): string {
  if (schema.type === 'boolean') return t(usual ? 'option.on' : 'option.off');
  return schema.enum ? optionLabel(String(usual), t) : String(usual);
}

function optionLabel(option: string, t: Translate): string {
  const key = `option.${option}`;
  return isMessageKey(key) ? t(key) : option;
}

function unitLabel(unit: string, t: Translate): string {
  const key = `unit.${unit}`;
  return isMessageKey(key) ? t(key) : unit;
}
