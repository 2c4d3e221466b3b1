import { Button, Collapse, NumberInput, SimpleGrid, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { advancedSettings, isAdvanced } from './advancedSettings';
import type { Choices, Preset } from './choices';
import { HyperparameterField } from './HyperparameterField';
import type { ErrorOf } from './placedErrors';
import type { Sheet } from './queries';
import { type Setting, type Settings, withSetting } from './settings';

const LARGEST_SEED = 2 ** 31 - 1;

interface FieldsProps {
  datasetName: string;
  choices: Choices;
  sheet: Sheet | undefined;
  preset: Preset;
  changes: Settings;
  errorOf: ErrorOf;
  onChoose: (changed: Choices) => void;
}

interface Props extends FieldsProps {
  open: boolean;
  onOpen: (open: boolean) => void;
}

/** Everything that can be set, drawn from the schema. */
export function AdvancedSection({ open, onOpen, ...props }: Props) {
  const { t } = useI18n();
  const count = Object.keys(props.changes).filter(isAdvanced).length;
  const Icon = open ? IconChevronDown : IconChevronRight;
  return (
    <Section
      title={t('advanced.title')}
      hint={count > 0 ? t('advanced.changed', { count }) : t('advanced.hint')}
      aside={
        <Button
          variant="default"
          size="xs"
          aria-expanded={open}
          leftSection={<Icon size={14} aria-hidden="true" />}
          onClick={() => onOpen(!open)}
        >
          {open ? t('advanced.hide') : t('advanced.show')}
        </Button>
      }
    >
      <Collapse expanded={open}>{open && <Fields {...props} />}</Collapse>
    </Section>
  );
}

function Fields({ datasetName, choices, sheet, preset, changes, errorOf, onChoose }: FieldsProps) {
  const { t } = useI18n();
  const set = (name: string, value: Setting | undefined) =>
    onChoose({ set: withSetting(changes, name, value) });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="md">
      <TextInput
        label={t('advanced.name')}
        description={t('advanced.nameHint')}
        placeholder={datasetName}
        value={choices.name ?? ''}
        error={errorOf('name')}
        onChange={(event) => onChoose({ name: event.currentTarget.value || undefined })}
      />
      <NumberInput
        label={t('advanced.seed')}
        description={t('advanced.seedHint')}
        value={choices.seed ?? 0}
        min={0}
        max={LARGEST_SEED}
        allowDecimal={false}
        error={errorOf('seed')}
        onChange={(value) => onChoose({ seed: typeof value === 'number' && value > 0 ? value : undefined })}
      />
      {advancedSettings(sheet).map(([name, schema]) => (
        <HyperparameterField
          key={name}
          task={sheet?.schema.properties.task?.const ?? ''}
          name={name}
          schema={schema}
          usual={sheet?.presets[preset][name] ?? ''}
          value={changes[name]}
          error={errorOf(`hyperparameters.${name}`)}
          onChange={(value) => set(name, value)}
        />
      ))}
    </SimpleGrid>
  );
}
