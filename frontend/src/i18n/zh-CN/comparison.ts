import type { comparison as en } from '../en/comparison';
import type { Translated } from '../translate';

export const comparison: Translated<typeof en> = {
  'compare.against': '对比',
  'compare.better': '{one} 明显好于 {other}：在 {rows} 行上答对比例相差 {points} 个百分点。',
  'compare.broken': '变错 {count}',
  'compare.brokenHint': '{other} 答对、{one} 答错的行；{one} 最有把握的在前。',
  'compare.changed': '不同',
  'compare.classes': '变化最大的类别',
  'compare.classesHint': '每个类别的 F1：找到了多少属于它的行，以及回答它时有多少是对的，合成一个数。',
  'compare.difference': '差别',
  'compare.equal': '{one} 与 {other} 在 {rows} 行上同样好：{points} 个百分点。',
  'compare.fixed': '改对 {count}',
  'compare.fixedHint': '{other} 答错、{one} 答对的行；{one} 最有把握的在前。',
  'compare.flipped': '结果翻转的行',
  'compare.flips': '{one} 改对了 {fixed} 行，变错了 {broken} 行。',
  'compare.none': '没有这样翻转的行。',
  'compare.nothingShared': '这两个版本无法逐行对比：没有任何一段文本同时是两者的考题。',
  'compare.nothingSharedWhy':
    '它们学习的数据不同，或读取的列不同。要进行对比，请在同一数据集的相同列上微调两者。',
  'compare.numbers': '并排对比',
  'compare.of': '{rows} 行中 {count} 行',
  'compare.one': '版本',
  'compare.onOwnExam': '{metric}（各自的考题）',
  'compare.other': '对比版本',
  'compare.otherExam':
    '两者的考题不同：{one} 有 {rows} 行，{other} 有 {otherRows} 行。这里只对比按文本和回答找到的 {shared} 行共同考题。',
  'compare.points': '{points} 个百分点',
  'compare.relabelled': '另有 {count} 行的回答已被改动，不计入。',
  'compare.rightOnShared': '共同考题上的答对比例',
  'compare.same': '相同',
  'compare.sameExam': '两者的考题相同：同样的 {rows} 行，都没有学习过。',
  'compare.scoreError': '得分的平均偏差',
  'compare.similar': '{one} 与 {other} 在 {rows} 行上没有明显差别：{points} 个百分点，可能只是偶然。',
  'compare.sure': '把握 {percent}',
  'compare.title': '{name}：{one} 对比 {other}',
  'compare.worse': '{one} 明显不如 {other}：在 {rows} 行上相差 {points} 个百分点。请继续使用 {other}。',

  'compare.ownExams': '各按自己的考试。若其间数据集有变，考试的行不同，数字也反映了这些行的差别。',
};
