import type { Message } from '../translate';

export const fineTuning = {
  'advanced.bounds': 'Between {bounds}.',
  'advanced.changed': {
    one: '{count} setting is not as the preset has it.',
    other: '{count} settings are not as the preset has them.',
  },
  'advanced.hide': 'Hide',
  'advanced.hint': 'Every setting of the training. The preset has chosen them all.',
  'advanced.name': 'Name of the model',
  'advanced.nameHint': 'A name that exists gets its next version.',
  'advanced.outside': 'Must be between {bounds}.',
  'advanced.reset': 'Reset',
  'advanced.seed': 'Seed',
  'advanced.seedHint': 'Fixes every random choice: the same seed gives the same model.',
  'advanced.show': 'Show',
  'advanced.showFault': 'Show the setting',
  'advanced.title': 'Advanced',
  'advanced.usual': 'Preset: {value}.',

  'baseModel.fetchedFirst': 'Will be fetched first, {size}.',
  'baseModel.fits': 'There is memory for it.',
  'baseModel.less': 'Show fewer',
  'baseModel.more': {
    one: 'Show {count} more that is not on this server yet',
    other: 'Show {count} more that are not on this server yet',
  },
  'baseModel.multilingual': 'many languages',
  'baseModel.parameters': '{millions} M parameters',
  'baseModel.suggested': 'suggested',
  'baseModel.tooLarge': 'Probably too large for every worker.',
  'baseModel.unmeasured': 'not measured yet',

  'estimate.basis': 'Estimated from: {basis}.',
  'estimate.takes': 'About {time} · {memory} of memory · {device}',

  'exam.automatic': 'Automatically, evenly from every answer',
  'exam.byColumn': 'Column “{column}” says which rows are kept for the exam.',
  'exam.column': 'As column “{column}” says',
  'exam.evenly': {
    one: '{count} row kept for the exam ({share}), {train} to learn from: picked at random, evenly from every answer, so that no text of the exam is also among the others.',
    other:
      '{count} rows kept for the exam ({share}), {train} to learn from: picked at random, evenly from every answer, so that no text of the exam is also among the others.',
  },
  'exam.randomShare': '{share} of the rows, picked at random',
  'exam.share': '{share} of the rows, evenly from every answer',
  'exam.unseen': 'The model never sees them while it learns; its score comes from them alone.',
  'exam.who': 'Who decides',
  'exam.giveTime': { one: 'Give it {count} minute', other: 'Give it {count} minutes' },

  'fineTune.answering': 'Who answers',
  'fineTune.answeringChoose': 'Choose one or more',
  'fineTune.author': 'Who speaks',
  'fineTune.choose': 'Choose a column',
  'fineTune.completion': 'Answer',
  'fineTune.content': 'What is said',
  'fineTune.conversation': 'Conversation',
  'fineTune.exam': 'Kept for the exam',
  'fineTune.label': 'Answer',
  'fineTune.learn': 'What should it learn?',
  'fineTune.messages': 'Messages',
  'fineTune.open': 'Fine-tune',
  'fineTune.preset': 'How thoroughly?',
  'fineTune.prompt': 'Question',
  'fineTune.rejected': 'Unwanted answer',
  'fineTune.start': 'Start',
  'fineTune.system': 'System message',
  'fineTune.task': { one: 'Sort texts into {count} group.', other: 'Sort texts into {count} groups.' },
  'fineTune.text': 'Read',
  'fineTune.titleOf': 'Fine-tune on {name}',
  'fineTune.baseModel': 'Start from',

  'option.auto': 'whichever is best',
  'option.balanced': 'balanced',
  'option.full': 'the whole encoder',
  'option.head': 'only the head',
  'option.lora': 'LoRA adapters',
  'option.none': 'none',

  'preset.balanced': 'Balanced',
  'preset.best': 'Best',
  'preset.fast': 'Fast',

  'presetHint.balanced': 'Also tries to adapt the language model itself, and keeps whatever is better.',
  'presetHint.best': 'Tries several settings and keeps the best.',
  'presetHint.fast': 'Reads every text once and learns the answers on top. Good enough surprisingly often.',

  'unit.epochs': 'epochs',
  'unit.rows': 'rows',
  'unit.seconds': 'seconds',
  'unit.tokens': 'tokens',

  'why.baseModel': 'The suggested one is quick and learns from few rows; take another for another language.',
  'why.label': '{count} different {count:answer|answers}. Each is in about {each} {each:row|rows}.',
  'why.labelOnce':
    'Most of its {count} {count:answer|answers} are in one row only, and an answer that does not come again can’t be learned. Choose the column that says which group a text belongs to.',
  'why.labelSame': 'Every row has the same answer, so there is nothing to tell apart. Choose another column.',
  'why.missing': {
    one: '{count} row without one is left out.',
    other: '{count} rows without one are left out.',
  },
  'why.preset': 'Fast is suggested: it answers soonest whether the rows can teach this at all.',
  'why.task': 'Suggested because the answers repeat from row to row.',
  'why.text':
    'Words to be understood: half of the texts have more than {characters} {characters:character|characters}.',
  'why.texts': '{count} {count:column|columns}, read together as one text, in this order.',

  'exam.atRandom': {
    one: '{count} row kept for the exam ({share}), {train} to learn from: picked at random, so that no question of the exam is also among the others.',
    other:
      '{count} rows kept for the exam ({share}), {train} to learn from: picked at random, so that no question of the exam is also among the others.',
  },
  'exam.automaticAtRandom': 'Automatically, at random',

  'fineTune.form': 'How do the rows hold it?',
  'fineTune.none': 'None',
  'fineTune.optional': '{what} (if there is one)',
  'fineTune.writes': 'Write answers as your rows do.',

  'fineTuneHint.answering':
    'Whose messages the model learns to write; all others ask. Leave it empty where the names say it, as agent and customer do.',
  'fineTuneHint.answeringNames':
    'Whose messages the model learns to write; all others ask. Those who write most stand first.',
  'fineTuneHint.conversation': 'Says which rows belong together: then they are turns of one conversation.',
  'fineTuneHint.system': 'What the model is told before the conversation of that row.',

  'form.chatPreferences': 'A conversation and two answers in every row, one of them better',
  'form.conversationPreferences':
    'Two whole conversations in every row, alike but for the last answer, one of them better',
  'form.lines': 'One message in every row',
  'form.messages': 'A whole conversation in every row',
  'form.pairs': 'A question and its answer in every row',
  'form.preferences': 'A question and two answers in every row, one of them better',

  'lesson.absent': 'Shown once the base model is on this server: training fetches it first.',
  'lesson.before': 'The row before',
  'lesson.counts':
    '{total} {total:token|tokens}, {learned} of them underlined: what the model learns to write.',
  'lesson.countsRejected':
    '{total} {total:token|tokens}, {learned} of them underlined: what the model learns to write less.',
  'lesson.cut':
    'It is longer than {most} {most:token|tokens}: what is struck through is cut off and not learned. “Longest conversation” under Advanced says where.',
  'lesson.incomplete': 'Choose the columns first; then you see here what the model will read.',
  'lesson.leftOut': 'This row is left out of training.',
  'lesson.line': 'Line {line} of the file',
  'lesson.next': 'The next row',
  'lesson.row': 'Row',
  'lesson.sheetRow': 'Row {row} of the sheet',
  'lesson.text': 'The text of the row',
  'lesson.title': 'What the model reads',
  'lesson.tokens': 'Show where each token ends',

  'option.dora': 'DoRA adapters',
  'option.off': 'off',
  'option.on': 'on',
  'option.qlora': 'QLoRA: adapters on a model in 4 bits',
  'option.rslora': 'rank-stabilised LoRA adapters',

  'presetWrites.balanced': 'Several passes over the rows, if its time allows: learns form and tone well.',
  'presetWrites.best': 'More passes and larger adapters, and an exam with more answers.',
  'presetWrites.fast': 'At most one pass over the rows, to see whether they can teach this at all.',

  'prompt.blanks': 'Insert a column:',
  'prompt.hint': 'Both are optional. A blank such as {{column}} is filled from the row.',
  'prompt.insert': 'Columns for “{field}”',
  'prompt.insertColumn': 'Insert the column {column}',
  'prompt.prompt_template': 'Template of the question',
  'prompt.system_prompt': 'System prompt',
  'prompt.title': 'What is it told?',

  'promptExample.prompt_template': 'A customer asks:',
  'promptExample.system_prompt': 'You answer for the support of Acme, briefly and kindly.',

  'promptHint.prompt_template': 'What the model is asked instead of the columns as they are.',
  'promptHint.system_prompt':
    'What the model is told before every conversation that has no system message of its own.',

  'task.text_classification': 'Sort texts',
  'task.text_generation': 'Write answers',
  'task.which': 'Task',

  'unit.sequences': 'sequences',

  'why.baseModelWrites':
    'The suggested one learns form and tone without a GPU, but few facts; a larger one knows more and takes longer.',
} as const satisfies Record<string, Message>;
