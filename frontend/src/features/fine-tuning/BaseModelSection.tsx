import { Button, Radio, SimpleGrid, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Task } from '~/api/types';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { BaseModelCard } from './BaseModelCard';
import type { Choices } from './choices';
import type { ErrorOf } from './placedErrors';
import { useBaseModels } from './queries';

interface Props {
  task: Task;
  /** What `auto` stands for here. */
  suggested: string | undefined;
  choices: Choices;
  errorOf: ErrorOf;
  onChoose: (changed: Choices) => void;
}

/** The base models as cards; those that are not on this server are shown on demand, but for the one to start with. */
export function BaseModelSection({ task, suggested, choices, errorOf, onChoose }: Props) {
  const { t } = useI18n();
  const [open, { toggle }] = useDisclosure(false);
  const baseModels = useBaseModels();
  const error = errorOf('base_model');
  return (
    <Section
      title={t('fineTune.baseModel')}
      hint={t(task === 'text_generation' ? 'why.baseModelWrites' : 'why.baseModel')}
    >
      {error && (
        <Text fz="sm" c="var(--ty-danger)" role="alert">
          {error}
        </Text>
      )}
      <QueryView query={baseModels} rows={2}>
        {({ data }) => {
          const able = data.filter(({ tasks }) => tasks.includes(task));
          const here = able.filter(({ installed }) => installed);
          // Until the server has said what it suggests.
          const likely = (here.length > 0 ? here : able).find((model) => model.default) ?? here[0];
          const chosen = choices.base ?? suggested ?? likely?.id;
          const first = able.filter((model) => model.installed || model.default || model.id === chosen);
          const elsewhere = able.filter((model) => !first.includes(model));
          return (
            <>
              <Radio.Group
                aria-label={t('fineTune.baseModel')}
                value={chosen ?? ''}
                onChange={(base) => onChoose({ base })}
              >
                <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
                  {[...first, ...(open ? elsewhere : [])].map((model) => (
                    <BaseModelCard key={model.id} model={model} suggested={model.default} />
                  ))}
                </SimpleGrid>
              </Radio.Group>
              {elsewhere.length > 0 && (
                <Button
                  variant="subtle"
                  size="compact-sm"
                  aria-expanded={open}
                  onClick={toggle}
                  w="fit-content"
                >
                  {open ? t('baseModel.less') : t('baseModel.more', { count: elsewhere.length })}
                </Button>
              )}
            </>
          );
        }}
      </QueryView>
    </Section>
  );
}
