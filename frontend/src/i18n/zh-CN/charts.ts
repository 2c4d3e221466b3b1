import type { charts as en } from '../en/charts';
import type { Translated } from '../translate';

export const charts: Translated<typeof en> = {
  'chart.asChart': '以图表显示',
  'chart.asTable': '以表格显示',
  'chart.loss': '损失（越低越好）',
  'chart.lossAxis': '损失',
  'chart.quality': '答对比例',
  'chart.qualityAxis': '答对比例',
  'chart.save': '保存',
  'chart.saveCsv': '保存为 CSV',
  'chart.savePicture': '保存为 PNG',
  'chart.seconds': '自开始起的秒数',
  'chart.step': '步',
  'chart.stepsOfRuns': '步（各次训练依次排列）',
  'chart.tableOf': '{title}（表格）',

  'metric.accuracy': '答对比例',
  'metric.f1': 'F1',
  'metric.held_out_rows': '留作考题的行',
  'metric.learning_rate': '学习率',
  'metric.macro_f1': 'F1（各类同等）',
  'metric.precision': '精确率',
  'metric.recall': '召回率',
  'metric.train_loss': '训练损失',
  'metric.train_seconds': '训练时间',
  'metric.validation_accuracy': '验证集答对比例',
  'metric.validation_loss': '验证损失',
  'metric.weighted_f1': 'F1（按类别大小）',
};
