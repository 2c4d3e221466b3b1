import type { fineTuning as en } from '../en/fine-tuning';
import type { Translated } from '../translate';

export const fineTuning: Translated<typeof en> = {
  'advanced.bounds': '范围 {bounds}。',
  'advanced.changed': '{count} 项与预设不同。',
  'advanced.hide': '收起',
  'advanced.hint': '训练的全部设置。预设已全部选好。',
  'advanced.name': '模型名称',
  'advanced.nameHint': '使用已有名称会生成它的下一个版本。',
  'advanced.outside': '必须在 {bounds} 之间。',
  'advanced.reset': '恢复',
  'advanced.seed': '随机种子',
  'advanced.seedHint': '固定所有随机选择：相同的种子得到相同的模型。',
  'advanced.show': '展开',
  'advanced.title': '高级设置',
  'advanced.usual': '预设：{value}。',

  'baseModel.fits': '适合此机器。',
  'baseModel.get': '此服务器上还没有。要获取它，请在服务器上运行：',
  'baseModel.less': '只显示此服务器上的',
  'baseModel.more': '再显示 {count} 个此服务器上还没有的',
  'baseModel.multilingual': '多种语言',
  'baseModel.parameters': '{millions} 百万参数',
  'baseModel.suggested': '推荐',
  'baseModel.tooLarge': '对此机器来说太大。',
  'baseModel.unmeasured': '尚未测量',

  'estimate.basis': '估算依据：{basis}。',
  'estimate.takes': '约 {time} · 内存 {memory} · {device}',

  'exam.automatic': '自动选取，各类答案均匀',
  'exam.byColumn': '由“{column}”列决定哪些行留作考试。',
  'exam.column': '按“{column}”列',
  'exam.evenly':
    '{count} 行留作考试（{share}），{train} 行用于学习：随机选取，各类答案均匀，考试中的文本不会出现在其余行中。',
  'exam.share': '{share} 的行，各类答案均匀选取',
  'exam.unseen': '模型学习时看不到它们；分数只由它们得出。',
  'exam.who': '由谁决定',

  'fineTune.choose': '选择一列',
  'fineTune.exam': '留作考试',
  'fineTune.label': '回答',
  'fineTune.learn': '要学习什么？',
  'fineTune.open': '微调',
  'fineTune.preset': '要多充分？',
  'fineTune.start': '开始',
  'fineTune.task': '把文本分为 {count} 类。',
  'fineTune.text': '读取',
  'fineTune.titleOf': '用 {name} 微调',
  'fineTune.baseModel': '从哪个基础模型开始',

  'option.auto': '表现最好的',
  'option.balanced': '均衡',
  'option.full': '整个编码器',
  'option.head': '只训练分类头',
  'option.lora': 'LoRA 适配器',
  'option.none': '无',

  'preset.balanced': '均衡',
  'preset.best': '最佳',
  'preset.fast': '快速',

  'presetHint.balanced': '还会尝试调整语言模型本身，保留更好的结果。',
  'presetHint.best': '尝试多种设置，保留最好的。',
  'presetHint.fast': '每段文本只读一次，在其上学习回答。往往已经足够好。',

  'unit.epochs': '轮',
  'unit.rows': '行',
  'unit.seconds': '秒',
  'unit.tokens': '词元',

  'why.baseModel': '推荐的模型速度快，少量数据即可学习；其他语言请另选。',
  'why.label': '{count} 种不同的答案，每种约 {each} 行。',
  'why.labelOnce':
    '这一列的 {count} 种答案大多只出现在一行中，而不再出现的答案无法学会。请选择说明文本属于哪一类的列。',
  'why.labelSame': '每一行的答案都相同，没有可以区分的内容。请选择其他列。',
  'why.missing': '{count} 行没有答案，将被忽略。',
  'why.preset': '推荐“快速”：能最快看出这些数据能否教会模型。',
  'why.task': '之所以推荐，是因为答案在各行之间重复出现。',
  'why.text': '需要理解的文字：一半的文本超过 {characters} 个字符。',
  'why.texts': '{count} 列按此顺序合成一段文本读取。',
};
