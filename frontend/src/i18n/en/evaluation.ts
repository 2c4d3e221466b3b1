import type { Message } from '../translate';

export const evaluation = {
  'answers.all': 'All',
  'answers.right': 'Right',
  'answers.wrong': 'Mistakes',

  'baseline.base': 'The untuned model',
  'baseline.majority': 'Always answering the most common class',
  'baseline.previous_version': 'The version before',
  'baseline.retrieval': 'The answer of the most similar training row',
  'baseline.tfidf_logistic_regression': 'A simple word counter',

  'calibration.chart': 'How often it is right, by how sure it was',
  'calibration.close':
    'Its scores can be taken at their word: on average they are {points} {points:point|points} away from how often it is right.',
  'calibration.farTooShy':
    'Take its scores as an order, not as a probability: it is right far more often than they say, on average by {points} {points:point|points}.',
  'calibration.farTooSure':
    'Take its scores as an order, not as a probability: it is far surer than it should be, on average by {points} {points:point|points}.',
  'calibration.fewRows': {
    one: 'Measured on {count} row: a rough figure.',
    other: 'Measured on only {count} rows, so this is a rough figure.',
  },
  'calibration.from': 'Score from',
  'calibration.point': 'Sure by {score}, right {right} of the time ({count} {count:row|rows})',
  'calibration.reading':
    'On the dashed line it would be right exactly as often as it is sure. Larger points stand for more rows.',
  'calibration.right': 'Right answers',
  'calibration.score': 'How sure, on average',
  'calibration.scoreAxis': 'How sure it was',
  'calibration.title': 'How far its scores can be trusted',
  'calibration.to': 'Score to',
  'calibration.tooShy':
    'It is right a little more often than its scores say: on average they are {points} {points:point|points} off (the expected calibration error).',
  'calibration.tooSure':
    'It is a little surer than it should be: on average its scores are {points} {points:point|points} off (the expected calibration error).',

  'matrix.all': 'All {count}',
  'matrix.answer': 'Answered',
  'matrix.axis': 'Down: what the row is. Across: what the model answered.',
  'matrix.cell': {
    one: '{label} answered with {predicted}: {count} row',
    other: '{label} answered with {predicted}: {count} rows',
  },
  'matrix.hint':
    'Blue: right. Orange: mistakes; the fuller the colour, the larger their share. A cell opens its rows.',
  'matrix.mixedUp': 'What it mixes up',
  'matrix.mixedUpHint':
    'The pairs of classes with the most mistakes, and the whole picture beneath (a confusion matrix). Each number opens its rows.',
  'matrix.most': 'The {count} most mixed up',
  'matrix.said': {
    one: '{label} answered with {predicted}: {count} row, {share} of the rows of {label}',
    other: '{label} answered with {predicted}: {count} rows, {share} of the rows of {label}',
  },
  'matrix.share': 'Of the class',
  'matrix.truth': 'Truth',
  'matrix.which': 'Which classes',
  'matrix.zoomIn': 'Larger',
  'matrix.zoomOut': 'Smaller',

  'mistakes.all': 'All {count} {count:mistake|mistakes}',
  'mistakes.hint': 'Wrong, although it was sure. Often it is the label in the sheet that is wrong.',
  'mistakes.title': 'Most confident mistakes',

  'order.least_sure': 'Least sure first',
  'order.most_sure': 'Surest first',
  'order.sheet': 'As in the sheet',

  'rows.after': 'Next',
  'rows.anyClass': 'any class',
  'rows.before': 'Previous',
  'rows.hint': 'Rows of “{dataset}” that were kept for the exam: the model never learned from them.',
  'rows.isRight': '(right)',
  'rows.isWrong': '(wrong)',
  'rows.noMistakes': 'No mistake here.',
  'rows.none': 'No row of the exam is like this.',
  'rows.ofCell': '“{label}” answered with “{predicted}”',
  'rows.order': 'Order',
  'rows.pages': 'Pages',
  'rows.score': 'How sure',
  'rows.shown': '{from}–{to} of {total}',
  'rows.text': 'Text',
  'rows.title': 'Rows kept for the exam',
  'rows.which': 'Which answers',
  'rows.wholeText': 'Show all',

  'verdict.better': 'better than the others',
  'verdict.similar': 'no clear difference',
  'verdict.worse': 'worse than another',
} as const satisfies Record<string, Message>;
