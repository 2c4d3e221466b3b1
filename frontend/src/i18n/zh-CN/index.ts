import type { Catalogue } from '../translate';
import { account } from './account';
import { charts } from './charts';
import { common } from './common';
import { comparison } from './comparison';
import { datasets } from './datasets';
import { deployments } from './deployments';
import { errors } from './errors';
import { evaluation } from './evaluation';
import { fineTuning } from './fine-tuning';
import { home } from './home';
import { jobs } from './jobs';
import { models } from './models';
import { playground } from './playground';
import { webhooks } from './webhooks';

/** The same messages in Simplified Chinese. */
export const zhCN: Catalogue = {
  ...account,
  ...charts,
  ...common,
  ...comparison,
  ...datasets,
  ...deployments,
  ...errors,
  ...evaluation,
  ...fineTuning,
  ...home,
  ...jobs,
  ...models,
  ...playground,
  ...webhooks,
};
