import type { Message } from '../translate';

export const common = {
  'common.close': 'Close',
  'common.copied': 'Copied',
  'common.copy': 'Copy',
  'common.copyId': 'Copy the id',
  'common.created': 'Created',
  'common.loading': 'Loading',
  'common.name': 'Name',
  'common.rename': 'Rename',
  'common.save': 'Save',
  'common.slow': 'This takes longer than usual. It goes on by itself.',
  'common.status': 'Status',
  'common.tryAgain': 'Try again',
  'common.versionShort': 'v{number}',
  'common.cancel': 'Cancel',

  'connection.down': 'The server can’t be reached. What runs goes on; this page catches up by itself.',
  'connection.offline': 'You are offline. What runs goes on; this page catches up by itself.',

  'lost.home': 'Go home',
  'lost.text': 'Check the address, or start from home.',
  'lost.title': 'There is no such page',

  'nav.datasets': 'Datasets',
  'nav.deployments': 'Deployments',
  'nav.home': 'Home',
  'nav.jobs': 'Jobs',
  'nav.label': 'Main',
  'nav.models': 'Models',
  'nav.running': { one: '{count} running', other: '{count} running' },
  'nav.runningLabel': 'Running jobs',
  'nav.settings': 'Settings',
  'nav.skip': 'Skip to the page',

  'status.cancelled': 'cancelled',
  'status.failed': 'failed',
  'status.paused': 'paused',
  'status.processing': 'reading',
  'status.queued': 'queued',
  'status.ready': 'ready',
  'status.running': 'running',
  'status.starting': 'starting',
  'status.succeeded': 'done',

  'common.nothingSaid': 'nothing',
} as const satisfies Record<string, Message>;
