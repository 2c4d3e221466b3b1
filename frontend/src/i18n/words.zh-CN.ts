import { hyperparametersZhCN } from './hyperparameters.zh-CN';
import type { Words } from './words';
import { zhCN } from './zh-CN';
import { sayingsZhCN } from './zh-CN/sayings';

export const CHINESE: Words = {
  catalogue: zhCN,
  sayings: sayingsZhCN,
  hyperparameters: hyperparametersZhCN,
};
