import type { home as en } from '../en/home';
import type { Translated } from '../translate';

export const home: Translated<typeof en> = {
  'home.recent': '最近的数据集',
  'home.running': '正在运行',
  'home.start': '从一张表格开始',
  'home.allDeployments': '全部部署',
  'home.allJobs': '全部任务',
  'home.allModels': '全部模型',
  'home.first': '拖入一张表格，把它变成模型',

  'homeStep.deploy': '部署',
  'homeStep.drop': '拖入表格',
  'homeStep.train': '点击“微调”',

  'homeStepText.deploy': '粘贴一段文本查看回答，或在自己的程序中调用。',
  'homeStepText.drop': '每行一个例子，其中一列是答案。开始之前就能看到需要修复的地方。',
  'homeStepText.train': '列、模型和设置都已选好。您会看到一句话说明它答对的比例。',

  'news.failed': '{kind}：失败',
  'news.new': '新',
  'news.none': '还没有完成的任务。完成或失败的都会显示在这里。',
  'news.open': '通知',
  'news.openNew': '通知，{count} 条新消息',
  'news.succeeded': '{kind}：完成',
  'news.title': '已完成与失败',

  'search.actions': '操作',
  'search.dark': '切换到深色主题',
  'search.dataset': '数据集',
  'search.deployment': '部署',
  'search.goTo': '前往{place}',
  'search.job': '任务',
  'search.language': '切换到 {language}',
  'search.light': '切换到浅色主题',
  'search.model': '模型',
  'search.nothing': '没有名称包含“{text}”的内容。',
  'search.placeholder': '搜索数据集、模型、任务……或操作',
  'search.results': '结果',
  'search.title': '搜索',
};
