import type { Message } from '../translate';

export const charts = {
  'chart.asChart': 'Show as a chart',
  'chart.asTable': 'Show as a table',
  'chart.loss': 'Loss (lower is better)',
  'chart.lossAxis': 'loss',
  'chart.preference': 'Better answers preferred',
  'chart.preferenceAxis': 'better answers preferred',
  'chart.quality': 'Right answers',
  'chart.qualityAxis': 'right answers',
  'chart.save': 'Save',
  'chart.saveCsv': 'Save as CSV',
  'chart.savePicture': 'Save as PNG',
  'chart.seconds': 'seconds since the start',
  'chart.step': 'step',
  'chart.stepsOfRuns': 'step, one run after the other',
  'chart.tableOf': '{title}, as a table',
  'chart.tokensAxis': 'right tokens',

  'gloss.accuracy': 'Of the rows kept for the exam, the share that was answered rightly.',
  'gloss.f1':
    'Precision and recall in one number: high only where few are missed and few are wrongly taken for it.',
  'gloss.held_out_rows': 'Rows the model never saw while it learned; its score comes from them alone.',
  'gloss.learning_rate':
    'How large the steps are in which it learns. It rises at first and falls in the end.',
  'gloss.macro_f1': 'The mean of the F1 of all classes: a class of few rows counts as much as a large one.',
  'gloss.precision': 'Of the rows that were answered with this class, the share that really are of it.',
  'gloss.recall': 'Of the rows of this class, the share that was found.',
  'gloss.train_loss':
    'How far its answers are from the right ones on the rows it learns from; lower is better.',
  'gloss.train_seconds': 'From the start of the job to the end of the learning.',
  'gloss.validation_accuracy': 'Right answers on rows that were set aside to choose between settings.',
  'gloss.validation_loss':
    'How far its answers are from the right ones on rows that were set aside; lower is better.',
  'gloss.weighted_f1': 'The mean of the F1 of all classes, each by how many rows it has.',

  'metric.accuracy': 'Right answers',
  'metric.base_chrf': 'chrF of the untuned model',
  'metric.chrf': 'chrF of the answers',
  'metric.epoch_seconds': 'One pass over the rows',
  'metric.exact_match': 'Word for word as expected',
  'metric.f1': 'F1',
  'metric.held_out_rows': 'Rows kept for the exam',
  'metric.learning_rate': 'Learning rate',
  'metric.likelier': 'Holds the better answer for likelier',
  'metric.macro_f1': 'F1, every class alike',
  'metric.perplexity': 'Perplexity',
  'metric.perplexity_cut': 'Perplexity lower by',
  'metric.precision': 'Precision',
  'metric.preferred': 'Moved towards the better answer',
  'metric.recall': 'Recall',
  'metric.rouge_l': 'ROUGE-L',
  'metric.token_accuracy': 'Right tokens',
  'metric.tokens_per_second': 'Tokens a second',
  'metric.train_loss': 'Training loss',
  'metric.train_preference_accuracy': 'Better answers preferred in training',
  'metric.train_token_accuracy': 'Right tokens in training',
  'metric.train_seconds': 'Training time',
  'metric.trained_tokens': 'Tokens trained on',
  'metric.validation_accuracy': 'Right on validation',
  'metric.validation_loss': 'Validation loss',
  'metric.validation_preference_accuracy': 'Better answers preferred on validation',
  'metric.validation_token_accuracy': 'Right tokens on validation',
  'metric.weighted_f1': 'F1, by class size',

  'gloss.base_chrf': 'The same for the answers of the untuned model.',
  'gloss.chrf':
    'How many short character sequences an answer shares with the expected one, 0 to 100: 100 is the same text.',
  'gloss.exact_match': 'The share of answers that are the expected one, but for spaces.',
  'gloss.likelier':
    'The share of pairs in which it gives the whole better answer a higher probability than the other one.',
  'gloss.perplexity':
    'Among how many equally likely words or parts of words it hesitates at each place of the expected answers. 1 would be perfect foresight.',
  'gloss.perplexity_cut': 'By how much its perplexity is below that of the untuned model.',
  'gloss.preferred':
    'The share of pairs it never saw in which training has made the better answer likelier, as against the other one. Half would be chance.',
  'gloss.rouge_l': 'How much of the words, in their order, an answer shares with the expected one.',
  'gloss.token_accuracy':
    'The share of words or parts of words in the expected answers that it held for the likeliest.',
  'gloss.valid_json': 'The share of its answers that a program can read as JSON.',

  'metric.valid_json': 'Valid JSON',
} as const satisfies Record<string, Message>;
