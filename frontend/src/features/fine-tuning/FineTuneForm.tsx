import { Alert, Button, Stack } from '@mantine/core';
import { useDebouncedValue, useLocalStorage } from '@mantine/hooks';
import { IconInfoCircle } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { DatasetVersion, Job } from '~/api/types';
import type { Crumb } from '~/components/Crumbs';
import { PageHeader } from '~/components/PageHeader';
import { useI18n } from '~/i18n/I18nProvider';
import { sentences } from '~/i18n/sentences';
import { AdvancedSection } from './AdvancedSection';
import { advancedFields } from './advancedSettings';
import { BaseModelSection } from './BaseModelSection';
import { type Choices, completed, requestOf, unread } from './choices';
import { ExamSection } from './ExamSection';
import { ANSWERS } from './forms';
import { PresetSection } from './PresetSection';
import { PromptSection } from './PromptSection';
import { errorsOf, fieldsOf, goToFault } from './placedErrors';
import { useEstimates, useFineTune, useSheet } from './queries';
import { Refusal } from './Refusal';
import { changesIn, withSetting } from './settings';
import { TaskSection } from './TaskSection';
import { useChoices } from './useChoices';

const TYPING_MS = 300;

interface Props {
  datasetName: string;
  crumbs: Crumb[];
  version: DatasetVersion;
  choices: Choices;
  onChoose: (changed: Choices) => void;
  onStarted: (job: Job) => void;
}

/** What should it learn, from which model, how thoroughly, and what will that take: then start. */
export function FineTuneForm({ datasetName, crumbs, version, onStarted, ...props }: Props) {
  const reader = useI18n();
  const { t, say } = reader;
  const [choices, onChoose] = useChoices(props.choices, props.onChoose);
  const { form, task, columns, preset, complete } = completed(choices, version);
  const sheet = useSheet(task);
  const fineTune = useFineTune();
  const changes = changesIn(choices.set, sheet?.presets[preset]);
  const request = requestOf(choices, version, changes);
  // A text, because a request that says the same is a new object each time.
  const [settled] = useDebouncedValue(complete ? JSON.stringify(request) : null, TYPING_MS);
  const estimates = useEstimates(settled === null ? null : JSON.parse(settled));
  const estimate = estimates[preset];
  const answers = ANSWERS.flatMap((role) => columns[role] ?? []);
  const readable = version.columns.map(({ name }) => name).filter((name) => !answers.includes(name));
  const error = fineTune.error ?? (complete ? estimate?.error : null);
  const errorOf = errorsOf(error, reader);
  // Closed at first, and remembers being opened.
  const [open, setOpen] = useLocalStorage({ key: 'tuneyard.advanced', defaultValue: false });
  const fields = fieldsOf(form, unread(version, columns).length > 0);
  const behind = advancedFields(sheet);
  useEffect(() => {
    if (fineTune.error) goToFault();
  }, [fineTune.error]);
  const choose = (changed: Choices) => {
    fineTune.reset();
    onChoose(changed);
  };
  return (
    <>
      <PageHeader
        title={t('fineTune.titleOf', { name: datasetName })}
        crumbs={crumbs}
        facts={`${t('common.versionShort', { number: version.number })} · ${t('datasets.rowCount', { count: version.rows })}`}
        action={
          <Button
            disabled={!complete}
            loading={fineTune.isPending || fineTune.isSuccess}
            onClick={() => fineTune.mutate(request, { onSuccess: onStarted })}
          >
            {t('fineTune.start')}
          </Button>
        }
      />
      <Stack gap={0}>
        <Refusal
          error={error}
          shown={open ? [...fields, ...behind] : fields}
          behind={behind}
          onOpen={() => setOpen(true)}
        />
        {version.suggested_task === null && (
          <Alert color="yellow" icon={<IconInfoCircle size={18} />} mb="lg">
            {sentences(say, 'suggestion', version.suggestion_reason, version.suggestion_reasons)}
          </Alert>
        )}
        <TaskSection
          version={version}
          choices={choices}
          changes={changes}
          errorOf={errorOf}
          onChoose={choose}
        />
        {task === 'text_generation' && (
          <PromptSection
            form={form}
            columns={readable}
            rows={version.rows}
            changes={changes}
            request={settled === null ? null : JSON.parse(settled)}
            errorOf={errorOf}
            onSet={(name, value) => choose({ set: withSetting(changes, name, value) })}
          />
        )}
        <BaseModelSection
          task={task}
          suggested={estimate?.data?.base_model}
          choices={choices}
          errorOf={errorOf}
          onChoose={choose}
        />
        <PresetSection
          task={task}
          preset={preset}
          estimates={estimates}
          onChoose={(wanted) => choose({ preset: wanted, set: changes })}
        />
        <ExamSection
          version={version}
          choices={choices}
          estimate={estimate?.data}
          errorOf={errorOf}
          onChoose={choose}
        />
        <AdvancedSection
          open={open}
          onOpen={setOpen}
          datasetName={datasetName}
          choices={choices}
          sheet={sheet}
          preset={preset}
          changes={changes}
          errorOf={errorOf}
          onChoose={choose}
        />
      </Stack>
    </>
  );
}
