import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { Dataset } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useDeleteDataset } from './queries';

interface Props {
  dataset: Dataset;
  onDeleted: () => void;
  onClose: () => void;
}

/** Asks once more; says why not where the dataset is in use. */
export function DeleteDataset({ dataset, onDeleted, onClose }: Props) {
  const { t } = useI18n();
  const remove = useDeleteDataset(dataset.id);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('datasets.deleteTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
          {t('datasets.deleteText', { name: dataset.name })}
        </Text>
        <ErrorNote error={remove.error} title={t('datasets.notDeleted')} />
        <Group gap="xs" justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            color="red"
            loading={remove.isPending}
            disabled={remove.isError}
            onClick={() => remove.mutate(undefined, { onSuccess: onDeleted })}
          >
            {t('datasets.delete')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
