import { saidOfBaseModels } from './base-models';
import { saidOfDatasets } from './datasets';
import { saidOfErrors } from './errors';
import { saidOfJobs } from './jobs';

/**
 * What the server says of datasets, jobs and base models, in Simplified Chinese: by kind and code, `.hint` for what to
 * do about it. The server says it in English itself, so there is no English here; places hold the details that come
 * with a code, and what stands in square brackets is left out where they did not come.
 */
export const sayingsZhCN: Record<string, string> = {
  ...saidOfDatasets,
  ...saidOfJobs,
  ...saidOfBaseModels,
  ...saidOfErrors,
};
