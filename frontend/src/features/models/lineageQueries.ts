import { queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import type { Deployment } from '~/api/types';

export const originJobQuery = (jobId: string) =>
  queryOptions({
    queryKey: ['models', 'lineage', 'job', jobId],
    queryFn: () => unwrap(api.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: jobId } } })),
  });

export const originDatasetQuery = (datasetId: string, number: number) =>
  queryOptions({
    queryKey: ['models', 'lineage', 'dataset', datasetId, number],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/datasets/{dataset_id}/versions/{number}', {
          params: { path: { dataset_id: datasetId, number } },
        }),
      ),
  });

/** Every deployment of the workspace. */
export const usesQuery = queryOptions({
  queryKey: ['models', 'lineage', 'deployments'],
  queryFn: async () => {
    const found: Deployment[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 200, cursor };
      const page = await unwrap(api.GET('/api/v1/deployments', { params: { query } }));
      found.push(...page.data);
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    return found;
  },
});
