import { Button, Group, Paper, Stack, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ApiError, fieldError } from '~/api/errors';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { deploymentName } from './deploymentName';
import { useDeploy, useReplace } from './queries';

interface Props {
  modelVersionId: string;
  modelName: string;
  onDeployed: (name: string) => void;
  onClose: () => void;
}

/** Gives a version an address; where the name is taken, offers to let this version answer there. */
export function DeployPanel({ modelVersionId, modelName, onDeployed, onClose }: Props) {
  const { t } = useI18n();
  const [name, setName] = useState(deploymentName(modelName));
  const deploy = useDeploy();
  const replace = useReplace();
  const taken = deploy.error instanceof ApiError && deploy.error.code === 'name_taken';
  const unusable = deploy.error instanceof ApiError && deploy.error.status === 422;
  const wrongName = unusable && fieldError(deploy.error, 'name') !== undefined;
  const done = { onSuccess: (made: { name: string }) => onDeployed(made.name) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    deploy.mutate({ name, modelVersionId }, done);
  };
  return (
    <Paper mb="lg" p="lg" component="section" aria-label={t('deploy.title')}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Title order={2}>{t('deploy.title')}</Title>
          <TextInput
            label={t('deploy.name')}
            description={t('deploy.nameHint')}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
              deploy.reset();
              replace.reset();
            }}
            error={wrongName && t('deploy.nameUnusable')}
            required
            maw={400}
          />
          <ErrorNote error={replace.error ?? (wrongName ? null : deploy.error)}>
            {taken && (
              <Button
                size="xs"
                variant="default"
                loading={replace.isPending}
                onClick={() => replace.mutate({ name, modelVersionId }, done)}
              >
                {t('deploy.replace', { name })}
              </Button>
            )}
          </ErrorNote>
          <Group gap="xs">
            <Button type="submit" loading={deploy.isPending}>
              {t('deploy.submit')}
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
