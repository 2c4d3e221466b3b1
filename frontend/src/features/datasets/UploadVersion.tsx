import { Modal } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import { UploadZone } from './UploadZone';

interface Props {
  datasetId: string;
  onUploaded: () => void;
  onClose: () => void;
}

/** A new file as the next version of a dataset. */
export function UploadVersion({ datasetId, onUploaded, onClose }: Props) {
  const { t } = useI18n();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('datasets.uploadVersion')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <UploadZone datasetId={datasetId} onUploaded={onUploaded} />
    </Modal>
  );
}
