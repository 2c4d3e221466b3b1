import type { QueryClient } from '@tanstack/react-query';
import { datasetQuery, datasetsQuery, versionQuery } from '~/features/datasets/queries';
import { rowPageQuery } from '~/features/datasets/rowQueries';
import type { DatasetSearch } from '~/features/datasets/search';
import { deploymentQuery, deploymentsQuery } from '~/features/deployments/queries';
import { jobQuery, jobsQuery } from '~/features/jobs/queries';
import { evaluationQuery, modelsQuery, versionQuery as modelVersionQuery } from '~/features/models/queries';

/**
 * What a page shows first is asked for while the session is checked and the page's code is on its way. The page
 * itself asks for what failed here.
 */

/** How much of each list the first page shows. */
export const RECENT = 5;

export function askForHome(client: QueryClient): void {
  void client.prefetchQuery(datasetsQuery(RECENT));
  void client.prefetchQuery(modelsQuery(RECENT));
  void client.prefetchQuery(deploymentsQuery(RECENT));
}

export function askForDataset(client: QueryClient, id: string, search: DatasetSearch): void {
  void client.prefetchQuery(jobsQuery());
  void client.fetchQuery(datasetQuery(id)).then(
    ({ latest_version }) => askForVersion(client, id, search.version ?? latest_version ?? null, search),
    () => undefined,
  );
}

function askForVersion(client: QueryClient, id: string, number: number | null, search: DatasetSearch): void {
  if (number === null) return;
  void client.prefetchQuery(versionQuery(id, number));
  const { tab = 'table', finding, row } = search;
  if (tab === 'table' && finding === undefined && row === undefined) {
    void client.prefetchQuery(rowPageQuery(id, number, 0, []));
  }
}

export function askForJob(client: QueryClient, id: string): void {
  void client.prefetchQuery(jobQuery(id));
}

export function askForModelVersion(client: QueryClient, modelId: string, number: number): void {
  void client.prefetchQuery(modelVersionQuery(modelId, number));
  void client.prefetchQuery(evaluationQuery(modelId, number));
}

export function askForDeployment(client: QueryClient, name: string): void {
  void client.prefetchQuery(deploymentQuery(name));
}
