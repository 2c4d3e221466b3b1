import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ModelVersion } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { TextLink } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';
import { usesQuery } from './lineageQueries';
import { useDeleteModel, versionsQuery } from './queries';

interface Props {
  version: ModelVersion;
  onDeleted: () => void;
  onClose: () => void;
}

/** Deletes a model after saying what goes with it; while it is deployed, says where instead. */
export function DeletePanel({ version, onDeleted, onClose }: Props) {
  const { t } = useI18n();
  const { model_id: modelId, model_name: name } = version;
  const versions = useQuery(versionsQuery(modelId));
  const uses = useQuery(usesQuery);
  const deleting = useDeleteModel(modelId);
  const deployed =
    uses.data?.filter(({ routes }) => routes.some((route) => route.model_id === modelId)) ?? [];
  return (
    <Paper mb="lg" p="lg" component="section" aria-label={t('model.delete')}>
      <Stack gap="md" align="flex-start">
        <Title order={2}>{t('model.deleteTitle', { name })}</Title>
        {deployed.length > 0 ? (
          <>
            <Text fz="sm">{t('model.deleteDeployed')}</Text>
            <Group gap="md">
              {deployed.map((deployment) => (
                <TextLink
                  key={deployment.id}
                  to="/deployments/$name"
                  params={{ name: deployment.name }}
                  fz="sm"
                >
                  {deployment.name}
                </TextLink>
              ))}
            </Group>
          </>
        ) : (
          <Text fz="sm">
            {t('model.deleteText', { count: versions.data?.data.length ?? version.number })}
          </Text>
        )}
        <ErrorNote error={deleting.error} />
        <Group gap="xs">
          {uses.isSuccess && deployed.length === 0 && (
            <Button
              color="red"
              loading={deleting.isPending}
              onClick={() => deleting.mutate(undefined, { onSuccess: onDeleted })}
            >
              {t('model.deleteSubmit')}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t('common.close')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
