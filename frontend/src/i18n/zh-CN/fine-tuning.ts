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
  'advanced.showFault': '查看此设置',
  'advanced.title': '高级设置',
  'advanced.usual': '预设：{value}。',

  'baseModel.fetchedFirst': '会先下载，{size}。',
  'baseModel.fits': '内存足够。',
  'baseModel.less': '收起',
  'baseModel.more': '再显示 {count} 个此服务器上还没有的',
  'baseModel.multilingual': '多种语言',
  'baseModel.parameters': '{millions}M 参数',
  'baseModel.suggested': '推荐',
  'baseModel.tooLarge': '对所有工作进程来说可能都太大。',
  'baseModel.unmeasured': '尚未测量',

  'estimate.basis': '估算依据：{basis}。',
  'estimate.takes': '约 {time} · 内存 {memory} · {device}',

  'exam.automatic': '自动选取，各类答案均匀',
  'exam.byColumn': '由“{column}”列决定哪些行留作考试。',
  'exam.column': '按“{column}”列',
  'exam.evenly':
    '{count} 行留作考试（{share}），{train} 行用于学习：随机选取，各类答案均匀，考试中的文本不会出现在其余行中。',
  'exam.randomShare': '随机抽取 {share} 的行',
  'exam.share': '{share} 的行，各类答案均匀选取',
  'exam.unseen': '模型学习时看不到它们；分数只由它们得出。',
  'exam.who': '由谁决定',

  'fineTune.answering': '谁在回答',
  'fineTune.answeringChoose': '请选择一个或多个',
  'fineTune.author': '说话人',
  'fineTune.choose': '选择一列',
  'fineTune.completion': '回答',
  'fineTune.content': '说话内容',
  'fineTune.conversation': '对话',
  'fineTune.exam': '留作考试',
  'fineTune.label': '回答',
  'fineTune.learn': '要学习什么？',
  'fineTune.messages': '消息列表',
  'fineTune.open': '微调',
  'fineTune.preset': '要多充分？',
  'fineTune.prompt': '问题',
  'fineTune.rejected': '不想要的回答',
  'fineTune.start': '开始',
  'fineTune.system': '系统提示',
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

  'exam.atRandom':
    '{count} 行留作考试（{share}），{train} 行用于学习：随机选取，考试中的问题不会出现在其余行中。',
  'exam.automaticAtRandom': '自动随机选取',

  'fineTune.form': '每一行是什么？',
  'fineTune.none': '无',
  'fineTune.optional': '{what}（如果有）',
  'fineTune.writes': '像您的数据那样写出回答。',

  'fineTuneHint.answering':
    '模型学习写谁的消息；其他人都算提问者。如果名称已能说明（如客服和客户），可以留空。',
  'fineTuneHint.answeringNames': '模型学习写谁的消息；其他人都算提问者。发言最多的排在最前。',
  'fineTuneHint.conversation': '说明哪些行属于同一段对话：它们是其中的各轮。',
  'fineTuneHint.system': '在该行的对话之前告诉模型的话。',

  'form.chatPreferences': '每行一段对话和两个回答，其中一个更好',
  'form.lines': '每行一条消息',
  'form.messages': '每行一整段对话',
  'form.pairs': '每行一个问题和它的回答',
  'form.preferences': '每行一个问题和两个回答，其中一个更好',

  'lesson.absent': '基础模型下载到此服务器后会显示在这里：训练时会先下载它。',
  'lesson.before': '上一行',
  'lesson.counts': '共 {total} 个词元，其中 {learned} 个带下划线：模型学习写出的部分。',
  'lesson.countsRejected': '共 {total} 个词元，其中 {learned} 个带下划线：模型学习少写的部分。',
  'lesson.cut': '超过 {most} 个词元：划掉的部分会被截断，不参与学习。截断位置由“高级”中的“最长对话”决定。',
  'lesson.incomplete': '请先选择列，然后这里会显示模型读到的内容。',
  'lesson.leftOut': '这一行不参与训练。',
  'lesson.line': '文件第 {line} 行',
  'lesson.next': '下一行',
  'lesson.row': '行',
  'lesson.sheetRow': '工作表第 {row} 行',
  'lesson.text': '这一行的文本',
  'lesson.title': '模型读到的内容',
  'lesson.tokens': '显示每个词元的边界',

  'option.dora': 'DoRA 适配器',
  'option.off': '关',
  'option.on': '开',
  'option.qlora': 'QLoRA：4 位模型上的适配器',
  'option.rslora': '秩稳定的 LoRA 适配器',

  'presetWrites.balanced': '多遍学习所有行：能较好地学会形式和语气。',
  'presetWrites.best': '遍数更多、适配器更大，考试的回答也更多。',
  'presetWrites.fast': '只过一遍所有行，看看这些数据能否教会它。',

  'prompt.blanks': '插入列：',
  'prompt.hint': '两项都可不填。{{column}} 这样的空格会用该行的内容填充。',
  'prompt.insert': '可用于“{field}”的列',
  'prompt.insertColumn': '插入列 {column}',
  'prompt.prompt_template': '问题模板',
  'prompt.system_prompt': '系统提示',
  'prompt.title': '告诉它什么？',

  'promptExample.prompt_template': '客户问：',
  'promptExample.system_prompt': '你代表 Acme 客服，回答简短、友善。',

  'promptHint.prompt_template': '模型收到的问题，代替原样的各列。',
  'promptHint.system_prompt': '在每段没有自带系统消息的对话之前告诉模型的话。',

  'task.text_classification': '给文本分类',
  'task.text_generation': '写出回答',
  'task.which': '任务',

  'unit.sequences': '个序列',

  'why.baseModelWrites':
    '建议的模型没有 GPU 也能学会形式和语气，但知道的事实不多；更大的模型知道得更多，也更慢。',
};
