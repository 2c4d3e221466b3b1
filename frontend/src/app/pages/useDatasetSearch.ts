import { useNavigate, useSearch } from '@tanstack/react-router';
import type { DatasetSearch } from '~/features/datasets/search';

/** What the address says is looked at of the dataset, and how to look at something else. */
export function useDatasetSearch(): [DatasetSearch, (part: Partial<DatasetSearch>) => void] {
  const search = useSearch({ from: '/shell/datasets/$datasetId' });
  const navigate = useNavigate({ from: '/datasets/$datasetId' });
  const change = (part: Partial<DatasetSearch>) =>
    navigate({ search: (before) => ({ ...before, ...part }), replace: !('tab' in part), resetScroll: false });
  return [search, change];
}
