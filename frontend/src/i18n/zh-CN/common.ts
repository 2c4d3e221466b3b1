import type { common as en } from '../en/common';
import type { Translated } from '../translate';

export const common: Translated<typeof en> = {
  'common.close': '关闭',
  'common.copied': '已复制',
  'common.copy': '复制',
  'common.copyId': '复制 ID',
  'common.created': '创建时间',
  'common.loading': '正在加载',
  'common.name': '名称',
  'common.rename': '重命名',
  'common.save': '保存',
  'common.slow': '比平时慢一些，会自动继续。',
  'common.status': '状态',
  'common.tryAgain': '重试',
  'common.versionShort': 'v{number}',
  'common.cancel': '取消',

  'connection.down': '暂时无法连接服务器。正在运行的任务会继续，此页面会自动恢复。',
  'connection.offline': '您已离线。正在运行的任务会继续，此页面会自动恢复。',

  'lost.home': '回到首页',
  'lost.text': '请检查地址，或从首页开始。',
  'lost.title': '没有这个页面',

  'nav.datasets': '数据集',
  'nav.deployments': '部署',
  'nav.home': '首页',
  'nav.jobs': '任务',
  'nav.label': '主导航',
  'nav.models': '模型',
  'nav.running': '{count} 个正在运行',
  'nav.runningLabel': '正在运行的任务',
  'nav.settings': '设置',
  'nav.skip': '跳到页面内容',

  'status.cancelled': '已取消',
  'status.failed': '失败',
  'status.paused': '已暂停',
  'status.processing': '读取中',
  'status.queued': '排队中',
  'status.ready': '就绪',
  'status.running': '运行中',
  'status.starting': '启动中',
  'status.succeeded': '完成',

  'common.nothingSaid': '无',
};
