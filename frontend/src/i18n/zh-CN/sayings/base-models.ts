/** What is said of base models, and whether they fit on a machine. */
export const saidOfBaseModels: Record<string, string> = {
  'fit.all_of_it': '完整训练约需 {full}；有工作进程可用 {here}。',
  'fit.only_adapters': '可以训练它上面的适配器（约 {head}）；完整训练需要 {full}。',
  'fit.only_quantised': '可以用 4 位（QLoRA，约 {head}）训练它上面的适配器；完整训练需要 {full}。',
  'fit.only_a_head': '只能训练它上面的分类头（“快速”，约 {head}）；完整训练需要 {full}。',
  'fit.too_large': '至少需要 {head}，而最接近的工作进程有 {here}。',

  'baseModel.all-minilm-l6-v2': '小而快，适合英语。建议从它开始：没有 GPU 也能在几秒内学会。',
  'baseModel.bge-small-en-v1.5': '英语，层数是默认模型的两倍：稍慢，短文本上往往稍好。',
  'baseModel.bge-small-zh-v1.5': '小而快，适合中文。',
  'baseModel.multilingual-e5-small': '一个模型约一百种语言，适合多种语言混杂的文本。',
  'baseModel.bert-base-chinese': '中文，逐字读取：比 BGE small 更大更慢，行数多时值得一试。',
  'baseModel.bert-base-uncased': '英语的经典模型，不区分大小写。',
  'baseModel.xlm-roberta-base': '一百种语言；这里最大、训练最慢的模型。',
  'baseModel.smollm2-135m-instruct': '没有 GPU 时建议从它开始：几分钟就能学会形式和风格，但知道的事实很少。',
  'baseModel.smollm2-360m-instruct': '默认模型的大一号：慢三倍，效果明显更好。',
  'baseModel.smollm2-1.7b-instruct': '英语，适合小型 GPU。',
  'baseModel.qwen3-0.6b': '小巧，懂中文和另外一百种语言。',
  'baseModel.qwen3-1.7b': '中文和另外一百种语言，适合小型 GPU。',
  'baseModel.qwen3-4b': '中文和另外一百种语言，适合 GPU。',
  'baseModel.qwen3-8b': '中文和另外一百种语言，适合大型 GPU。',
  'baseModel.llama-3.2-1b-instruct':
    '八种欧亚语言，适合小型 GPU。发布者要求先在 hub 上接受许可：请设置 HF_TOKEN 后获取。',
  'baseModel.llama-3.2-3b-instruct':
    '八种欧亚语言，适合 GPU。发布者要求先在 hub 上接受许可：请设置 HF_TOKEN 后获取。',
  'baseModel.gemma-3-270m-it':
    '小巧，多种语言；大部分参数是词表。发布者要求先在 hub 上接受许可：请设置 HF_TOKEN 后获取。',
  'baseModel.gemma-3-1b-it':
    '以英语为主，适合小型 GPU。发布者要求先在 hub 上接受许可：请设置 HF_TOKEN 后获取。',
  'baseModel.gemma-3-4b-it':
    '一百四十种语言，需要 GPU；看图片的部分不保留。发布者要求先在 Hub 上接受其许可：设置 HF_TOKEN 后获取。',
  'baseModel.phi-4-mini-instruct': '同等大小中擅长推理，适合 GPU。',
  'baseModel.mistral-7b-instruct-v0.3': '英语，适合大型 GPU。',

  'baseModelOrigin.imported': '从 {source} 导入。',
};
