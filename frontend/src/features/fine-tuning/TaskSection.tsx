import { NativeSelect, SegmentedControl, Stack } from '@mantine/core';
import type { DatasetVersion, Task } from '~/api/types';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { sentences } from '~/i18n/sentences';
import { ColumnSection } from './ColumnSection';
import { type Choices, completed } from './choices';
import { FORMS, type Form, fittingTasks, suggestedForm, TASK_OF, WRITING_FORMS } from './forms';
import type { ErrorOf } from './placedErrors';
import type { Settings } from './settings';
import { WritingColumns } from './WritingColumns';

interface Props {
  version: DatasetVersion;
  choices: Choices;
  changes: Settings;
  errorOf: ErrorOf;
  onChoose: (changed: Choices) => void;
}

/** What it should learn: which task, in which form the rows hold it, and which column is what. */
export function TaskSection({ version, choices, changes, errorOf, onChoose }: Props) {
  const { t } = useI18n();
  const { task, form } = completed(choices, version);
  const hint = useHint(version, form);
  const tasks = fittingTasks(version);
  // Another task has other settings and other base models.
  const become = (wanted: Form) =>
    onChoose({
      form: wanted === suggestedForm(version) ? undefined : wanted,
      ...(TASK_OF[wanted] !== task && { set: undefined, base: undefined }),
    });
  const ofTask = (wanted: Task) =>
    TASK_OF[suggestedForm(version)] === wanted
      ? suggestedForm(version)
      : (FORMS.find((known) => TASK_OF[known] === wanted) ?? form);
  const choice = tasks.length > 1 && (
    <SegmentedControl
      aria-label={t('task.which')}
      value={task}
      data={tasks.map((value) => ({ value, label: t(`task.${value}`) }))}
      onChange={(wanted) => become(ofTask(wanted as Task))}
      size="xs"
    />
  );
  if (form === 'classes') {
    return (
      <ColumnSection
        version={version}
        choices={choices}
        errorOf={errorOf}
        onChoose={onChoose}
        aside={choice}
      />
    );
  }
  return (
    <Section title={t('fineTune.learn')} hint={hint} aside={choice}>
      <Stack gap="md">
        <NativeSelect
          maw={520}
          label={t('fineTune.form')}
          value={form}
          data={WRITING_FORMS.map((value) => ({ value, label: t(`form.${value}`) }))}
          onChange={(event) => become(event.currentTarget.value as Form)}
        />
        <WritingColumns
          version={version}
          choices={choices}
          changes={changes}
          errorOf={errorOf}
          onChoose={onChoose}
        />
      </Stack>
    </Section>
  );
}

/** What it comes to, and why that is suggested. */
function useHint(version: DatasetVersion, form: Form): string {
  const { t, say } = useI18n();
  const suggested = version.suggested_task === 'text_generation' && suggestedForm(version) === form;
  const why =
    suggested && sentences(say, 'suggestion', version.suggestion_reason, version.suggestion_reasons);
  return [t('fineTune.writes'), why].filter(Boolean).join(' ');
}
