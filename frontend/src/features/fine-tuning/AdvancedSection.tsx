import { Button, Collapse, NumberInput, SimpleGrid, TextInput } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { type Choices, type Preset, type Setting, type Settings, withSetting } from './choices';
import { HyperparameterField } from './HyperparameterField';
import type { ErrorOf } from './placedErrors';
import type { useSheet } from './queries';

/** What has a section of its own. */
const ELSEWHERE = ['task', 'system_prompt', 'prompt_template'];
const LARGEST_SEED = 2 ** 31 - 1;

interface Props {
  datasetName: string;
  choices: Choices;
  sheet: ReturnType<typeof useSheet>;
  preset: Preset;
  changes: Settings;
  errorOf: ErrorOf;
  onChoose: (changed: Choices) => void;
}

/** Everything that can be set, drawn from the schema; closed at first, and remembers being opened. */
export function AdvancedSection(props: Props) {
  const { t } = useI18n();
  const [open, setOpen] = useLocalStorage({ key: 'tuneyard.advanced', defaultValue: false });
  const count = Object.keys(props.changes).filter((name) => !ELSEWHERE.includes(name)).length;
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
          onClick={() => setOpen(!open)}
        >
          {open ? t('advanced.hide') : t('advanced.show')}
        </Button>
      }
    >
      <Collapse expanded={open}>{open && <Fields {...props} />}</Collapse>
    </Section>
  );
}

function Fields({ datasetName, choices, sheet, preset, changes, errorOf, onChoose }: Props) {
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
      {Object.entries(sheet?.schema.properties ?? {})
        .filter(([name]) => !ELSEWHERE.includes(name))
        .map(([name, schema]) => (
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
