import type { Described } from './words';

/** What hyperparameters are called and do; the schema of the server says it in English. */
export const hyperparametersZhCN: Record<string, Described> = {
  tuning: {
    title: '训练哪一部分',
    description: '只训练分类头、用 LoRA 适配器训练编码器、训练整个编码器，或在验证行上表现最好的那一种。',
  },
  trials: { title: '尝试次数', description: '尝试多少组随机种子或设置；保留验证结果最好的一组。' },
  time_budget_seconds: { title: '时间预算', description: '若会超出此时间，就不再开始新的尝试或轮次。' },
  max_length: { title: '最长文本', description: '更长的文本在这么多词元之后截断；会报告截断了多少条。' },
  head_epochs: { title: '分类头轮数', description: '训练分类头时遍历训练行的次数。' },
  head_learning_rate: { title: '分类头学习率', description: '分类头的最大步长，按单周期计划变化。' },
  head_dropout: { title: '分类头随机丢弃', description: '训练分类头时随机隐藏的特征比例。' },
  epochs: { title: '轮数', description: '训练编码器时遍历训练行的次数。' },
  learning_rate: { title: '学习率', description: '编码器的最大步长。' },
  batch_size: { title: '批大小', description: '优化器每一步使用的行数。' },
  gradient_accumulation_steps: {
    title: '梯度累积',
    description: '每一步分成这么多小份计算，所需内存更少。',
  },
  warmup_ratio: { title: '预热', description: '学习率升至最大值所占的步数比例。' },
  weight_decay: { title: '权重衰减', description: '把权重拉向零的力度；越大越能防止过拟合。' },
  label_smoothing: { title: '标签平滑', description: '标签软化的程度；对有噪声的标签有帮助。' },
  class_weights: { title: '类别权重', description: '“均衡”让少见的类别与常见的类别同样重要。' },
  early_stopping_patience: { title: '耐心', description: '验证结果连续这么多轮没有提高就停止。' },
  lora_rank: { title: 'LoRA 秩', description: 'LoRA 适配器的大小；仅在训练适配器时使用。' },
  validation_fraction: { title: '验证比例', description: '在不留作考试的行中，用于在设置之间做选择的比例。' },
  test_fraction: { title: '考试比例', description: '留作考试的行的比例；若有列指定了划分，则忽略此项。' },
};
