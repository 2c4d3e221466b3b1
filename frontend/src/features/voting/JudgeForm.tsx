import { Button, Group, NumberInput, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { fieldWords } from '~/components/errorWords';
import { PasswordField } from '~/components/PasswordField';
import { useI18n } from '~/i18n/I18nProvider';
import type { Judge } from './judging';

const USUAL_ROWS = 20;
const MOST_ROWS = 100;
const AGAIN = 'again';

interface Props {
  submit: string;
  pending: boolean;
  /** Rows that it has not decided, as far as that is known. */
  undecided: number;
  error: unknown;
  onSubmit: (judge: Judge) => void;
}

/** Which model is to judge, where it is, how many rows, and whether those that it has not decided. */
export function JudgeForm({ submit, pending, undecided, error, onSubmit }: Props) {
  const reader = useI18n();
  const { t } = reader;
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const button = (event.nativeEvent as SubmitEvent).submitter;
    const values = new FormData(event.currentTarget);
    onSubmit({
      base_url: String(values.get('base_url')).trim(),
      model: String(values.get('model')).trim(),
      api_key: String(values.get('api_key')) || null,
      rows: Number(values.get('rows')) || USUAL_ROWS,
      again: button?.getAttribute('name') === AGAIN,
    });
  };
  return (
    <form onSubmit={send} autoComplete="off">
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <TextInput
            name="base_url"
            type="url"
            label={t('judge.address')}
            description={t('judge.addressHint')}
            placeholder={t('judge.addressExample')}
            required
            maxLength={2000}
            error={fieldWords(error, 'base_url', reader)}
          />
          <TextInput
            name="model"
            label={t('judge.model')}
            description={t('judge.modelHint')}
            required
            maxLength={200}
            error={fieldWords(error, 'model', reader)}
          />
          <PasswordField
            name="api_key"
            label={t('judge.key')}
            description={t('judge.keyHint')}
            autoComplete="off"
            maxLength={2000}
            error={fieldWords(error, 'api_key', reader)}
          />
          <NumberInput
            name="rows"
            label={t('judge.rows')}
            description={t('judge.rowsHint')}
            defaultValue={USUAL_ROWS}
            min={1}
            max={MOST_ROWS}
            clampBehavior="strict"
            allowDecimal={false}
          />
        </SimpleGrid>
        <Group>
          <Button type="submit" variant="default" loading={pending}>
            {submit}
          </Button>
          {undecided > 0 && !pending && (
            <Button type="submit" name={AGAIN} variant="default">
              {t('judge.again', { count: undecided })}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
