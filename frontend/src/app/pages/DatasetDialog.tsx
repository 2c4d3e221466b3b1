import { useNavigate } from '@tanstack/react-router';
import type { Dataset } from '~/api/types';
import { DeleteDataset } from '~/features/datasets/DeleteDataset';
import { UploadVersion } from '~/features/datasets/UploadVersion';
import { useDatasetSearch } from './useDatasetSearch';

export type Dialog = 'upload' | 'delete';

interface Props {
  dialog: Dialog;
  dataset: Dataset;
  onClose: () => void;
}

/** What was opened from the menu of the dataset. */
export function DatasetDialog({ dialog, dataset, onClose }: Props) {
  const navigate = useNavigate();
  const [, change] = useDatasetSearch();
  if (dialog === 'upload') {
    const uploaded = () => {
      onClose();
      change({ version: undefined, finding: undefined, row: undefined });
    };
    return <UploadVersion datasetId={dataset.id} onUploaded={uploaded} onClose={onClose} />;
  }
  const deleted = () => navigate({ to: '/datasets' });
  return <DeleteDataset dataset={dataset} onDeleted={deleted} onClose={onClose} />;
}
