import type { Message } from '../translate';

export const charts = {
  'chart.asChart': 'Show as a chart',
  'chart.asTable': 'Show as a table',
  'chart.loss': 'Loss (lower is better)',
  'chart.lossAxis': 'loss',
  'chart.quality': 'Right answers',
  'chart.qualityAxis': 'right answers',
  'chart.save': 'Save',
  'chart.saveCsv': 'Save as CSV',
  'chart.savePicture': 'Save as PNG',
  'chart.seconds': 'seconds since the start',
  'chart.step': 'step',
  'chart.stepsOfRuns': 'step, one run after the other',
  'chart.tableOf': '{title}, as a table',

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
  'metric.f1': 'F1',
  'metric.held_out_rows': 'Rows kept for the exam',
  'metric.learning_rate': 'Learning rate',
  'metric.macro_f1': 'F1, every class alike',
  'metric.precision': 'Precision',
  'metric.recall': 'Recall',
  'metric.train_loss': 'Training loss',
  'metric.train_seconds': 'Training time',
  'metric.validation_accuracy': 'Right on validation',
  'metric.validation_loss': 'Validation loss',
  'metric.weighted_f1': 'F1, by class size',
} as const satisfies Record<string, Message>;
