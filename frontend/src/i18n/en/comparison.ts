import type { Message } from '../translate';

export const comparison = {
  'compare.against': 'against',
  'compare.better':
    '{one} is clearly better than {other}: {points} {points:point|points} more right answers on {rows} {rows:row|rows}.',
  'compare.broken': 'Broken {count}',
  'compare.brokenHint': 'Right in {other}, wrong in {one}; what {one} was surest of comes first.',
  'compare.changed': 'changed',
  'compare.classes': 'Classes that changed the most',
  'compare.classesHint':
    'F1 of each class: how many of its rows are found and how many of the answers with it are right, in one number.',
  'compare.difference': 'Difference',
  'compare.equal':
    '{one} and {other} are equally good on {rows} {rows:row|rows}: {points} {points:point|points}.',
  'compare.fixed': 'Fixed {count}',
  'compare.fixedHint': 'Wrong in {other}, right in {one}; what {one} was surest of comes first.',
  'compare.flipped': 'Rows that flipped',
  'compare.flips': '{one} fixed {fixed} {fixed:row|rows} and broke {broken}.',
  'compare.none': 'No row flipped this way.',
  'compare.nothingShared': 'These two can’t be compared row by row: no text was in the exam of both.',
  'compare.nothingSharedWhy':
    'They learned from other data, or read other columns. To compare them, fine-tune both on the same columns of the same dataset.',
  'compare.numbers': 'Side by side',
  'compare.of': '{count} of {rows}',
  'compare.one': 'Version',
  'compare.onOwnExam': '{metric}, each on its own exam',
  'compare.other': 'Compared with',
  'compare.otherExam':
    'They took different exams, {one} of {rows} {rows:row|rows} and {other} of {otherRows}. Only the {shared} {shared:row that was|rows that were} in both are compared, found by their text and label.',
  'compare.points': '{points} {points:point|points}',
  'compare.relabelled': {
    one: '{count} more row has another label now and is left out.',
    other: '{count} more rows have another label now and are left out.',
  },
  'compare.rightOnShared': 'Right answers on the rows of both',
  'compare.same': 'same',
  'compare.sameExam': 'Both took the same exam: the same {rows} {rows:row|rows}, which neither learned from.',
  'compare.scoreError': 'Scores off by, on average',
  'compare.similar':
    'No clear difference between {one} and {other} on {rows} {rows:row|rows}: {points} {points:point|points}, which may be chance.',
  'compare.sure': 'sure by {percent}',
  'compare.title': '{name}: {one} against {other}',
  'compare.worse':
    '{one} is clearly worse than {other}: {points} {points:point|points} on {rows} {rows:row|rows}. Keep {other}.',

  'compare.ownExams':
    'Each by its own exam. Where the dataset changed in between, the rows are others and the numbers say as much about them.',
} as const satisfies Record<string, Message>;
