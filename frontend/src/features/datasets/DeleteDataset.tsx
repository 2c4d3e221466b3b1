import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Dataset } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { DatasetUses } from './DatasetUses';
import { useDeleteDataset, usesQuery } from './queries';

interface Props {
  dataset: Dataset;
  onDeleted: () => void;
  onClose: () => void;
}

/** Asks once more; where the dataset is in use, says by what instead. */
export function DeleteDataset({ dataset, onDeleted, onClose }: Props) {
  const { t } = useI18n();
  const uses = useQuery(usesQuery(dataset.id));
  const remove = useDeleteDataset(dataset.id);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('datasets.deleteTitle')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="md">
        <QueryView query={uses} rows={2}>
          {(found) =>
            found.count > 0 ? (
              <DatasetUses uses={found} />
            ) : (
              <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
                {t('datasets.deleteText', { name: dataset.name })}
              </Text>
            )
          }
        </QueryView>
        <ErrorNote error={remove.error} title={t('datasets.notDeleted')} />
        <Group gap="xs" justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {uses.data?.count ? t('common.close') : t('common.cancel')}
          </Button>
          {uses.data?.count === 0 && (
            <Button
              color="red"
              loading={remove.isPending}
              disabled={remove.isError}
              onClick={() => remove.mutate(undefined, { onSuccess: onDeleted })}
            >
              {t('datasets.delete')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
