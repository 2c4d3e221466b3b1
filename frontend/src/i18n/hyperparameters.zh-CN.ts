import type { Described } from './words';

/** What hyperparameters are called and do, by task; the schema of the server says it in English. */
const CLASSIFICATION: Record<string, Described> = {
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

const GENERATION: Record<string, Described> = {
  tuning: {
    title: '训练哪一部分',
    description:
      '每个线性层上的 LoRA 适配器；DoRA，学得略多但更慢；rsLoRA，为高秩调整过的 LoRA；QLoRA，在 CUDA 显卡上以 4 位保存基础模型；或整个模型，所需内存多得多。',
  },
  epochs: { title: '轮数', description: '在时间预算内遍历训练行的次数。' },
  learning_rate: {
    title: '学习率',
    description:
      '适配器的最大步长：第一个矩阵取其一半，第二个矩阵取其四倍；训练整个模型时取其十分之一。学习两个回答中哪个更好时，适配器的矩阵都取其十分之一，整个模型取其百分之一。',
  },
  batch_size: {
    title: '批大小',
    description: '优化器每一步使用的最长序列数；不拼接时为行数。',
  },
  gradient_accumulation_steps: {
    title: '梯度累积',
    description: '每一步分成这么多小份计算，所需内存更少。',
  },
  gradient_checkpointing: {
    title: '梯度检查点',
    description: '网络的一部分计算两次，以减少内存；大约慢三分之一。',
  },
  preference_beta: {
    title: '偏好 beta',
    description: '仅在有一列不想要的回答时使用：越大，模型越接近原来的样子。',
  },
  warmup_ratio: { title: '预热', description: '学习率升至最大值所占的步数比例。' },
  weight_decay: { title: '权重衰减', description: '把权重拉向零的力度；越大越能防止过拟合。' },
  lora_rank: { title: 'LoRA 秩', description: '适配器的大小；仅在训练适配器时使用。' },
  lora_alpha: { title: 'LoRA alpha', description: '适配器所占的分量；通常为秩的两倍。' },
  lora_dropout: { title: 'LoRA 随机丢弃', description: '训练适配器时随机隐藏的输入比例。' },
  max_length: {
    title: '最长对话',
    description: '更长的对话在这么多词元之后截断；会报告截断了多少段。',
  },
  packing: {
    title: '拼接',
    description: '把短对话并排放进同一个序列，彼此不可见；否则把长度相近的行补齐到最长的一行。',
  },
  system_prompt: {
    title: '系统提示',
    description: '在没有自带系统消息的对话之前告诉模型的话。`{{列名}}` 代表该列的单元格。',
  },
  prompt_template: {
    title: '提示模板',
    description: '向模型提出的问题，`{{列名}}` 代表该列的单元格；代替原样的提示列。',
  },
  answering_authors: {
    title: '谁在回答',
    description:
      '仅在每行是一条消息时使用：模型学习写这些人的消息，其他人都算提问者。不指定时，按客服、客户之类的名称判断。',
  },
  early_stopping_patience: {
    title: '耐心',
    description: '连续这么多次查看验证行（每轮约六次）损失都没有降低就停止。',
  },
  time_budget_seconds: {
    title: '时间预算',
    description: '从读取数据到写完最后一个文件，整个任务大约最多用这么久；其中至少四分之一留给考试和文件。',
  },
  exam_answers: {
    title: '考试中的回答数',
    description: '完整回答多少行考试数据，按随机种子抽取；时间不够时更少。',
  },
  answer_length: { title: '最长回答', description: '考试中的回答在这么多词元之后结束。' },
  validation_fraction: {
    title: '验证比例',
    description:
      '在不留作考试的行中，用于选择最佳训练时刻的比例；若有列指定了划分，或由另一个数据集来选择，则忽略此项。',
  },
  test_fraction: { title: '考试比例', description: '留作考试的行的比例；若有列指定了划分，则忽略此项。' },
  gguf: {
    title: 'GGUF 文件',
    description: '同时写出供 llama.cpp 和 ollama 使用的模型：每个数 8 位、占两倍空间的 16 位，或不写出。',
  },
};

export const hyperparametersZhCN: Record<string, Record<string, Described>> = {
  text_classification: CLASSIFICATION,
  text_generation: GENERATION,
};
