import { hyperparametersZhCN } from './hyperparameters.zh-CN';
import { sayingsZhCN } from './sayings.zh-CN';
import type { Words } from './words';
import { zhCN } from './zh-CN';

export const CHINESE: Words = {
  catalogue: zhCN,
  sayings: sayingsZhCN,
  hyperparameters: hyperparametersZhCN,
};
