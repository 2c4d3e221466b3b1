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
  'advanced.title': 'Advanced',
  'advanced.usual': 'Preset: {value}.',

  'baseModel.fits': 'Fits this machine.',
  'baseModel.get': 'Not on this server yet. To get it, run there:',
  'baseModel.less': 'Show only those on this server',
  'baseModel.more': {
    one: 'Show {count} more that is not on this server yet',
    other: 'Show {count} more that are not on this server yet',
  },
  'baseModel.multilingual': 'many languages',
  'baseModel.parameters': '{millions} M parameters',
  'baseModel.suggested': 'suggested',
  'baseModel.tooLarge': 'Too large for this machine.',
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
  'fineTune.start': 'Start',
  'fineTune.system': 'System message',
  'fineTune.task': { one: 'Sort texts into {count} group.', other: 'Sort texts into {count} groups.' },
  'fineTune.text': 'Read',
  'fineTune.titleOf': 'Fine-tune on {name}',
  'fineTune.baseModel': 'Start from',
  'fineTune.writingByApi':
    'To teach a model to write, start the fine-tune through the API with the task text_generation. Here you can teach a classifier.',

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
} as const satisfies Record<string, Message>;
