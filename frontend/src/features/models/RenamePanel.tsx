import { Button, Group, Paper, Stack, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { fieldError } from '~/api/errors';
import type { ModelVersion } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useRenameModel } from './queries';

interface Props {
  version: ModelVersion;
  onClose: () => void;
}

/** Gives a model another name; its versions and deployments stay as they are. */
export function RenamePanel({ version, onClose }: Props) {
  const { t } = useI18n();
  const [name, setName] = useState(version.model_name);
  const rename = useRenameModel(version.model_id);
  const wrong = fieldError(rename.error, 'name');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate(name, { onSuccess: onClose });
  };
  return (
    <Paper mb="lg" p="lg" component="section" aria-label={t('model.rename')}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Title order={2}>{t('model.rename')}</Title>
          <TextInput
            label={t('common.name')}
            description={t('model.renameHint')}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
              rename.reset();
            }}
            error={wrong}
            required
            maxLength={120}
            maw={400}
          />
          {wrong === undefined && <ErrorNote error={rename.error} />}
          <Group gap="xs">
            <Button type="submit" loading={rename.isPending}>
              {t('model.renameSubmit')}
            </Button>
            <Button variant="default" onClick={onClose}>
              {t('common.close')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
