import type { Message } from '../translate';

export const home = {
  'home.recent': 'Recent datasets',
  'home.running': 'Running now',
  'home.start': 'Start with a spreadsheet',
  'home.allDeployments': 'All deployments',
  'home.allJobs': 'All jobs',
  'home.allModels': 'All models',
  'home.first': 'Drop a spreadsheet, and it becomes a model',

  'homeStep.deploy': 'Deploy it',
  'homeStep.drop': 'Drop a spreadsheet',
  'homeStep.train': 'Click Fine-tune',

  'homeStepText.deploy': 'Paste a text and see its answer, or call it from your own programs.',
  'homeStepText.drop':
    'One row per example, with its answer in a column. You see what to repair before anything runs.',
  'homeStepText.train':
    'Columns, model and settings are chosen for you. You read in plain words how often it is right.',

  'news.failed': '{kind}: failed',
  'news.new': 'new',
  'news.none': 'Nothing has finished yet. What finishes or fails is told here.',
  'news.open': 'Notifications',
  'news.openNew': { one: 'Notifications, {count} new', other: 'Notifications, {count} new' },
  'news.succeeded': '{kind}: done',
  'news.title': 'What finished or failed',

  'search.actions': 'Actions',
  'search.dark': 'Switch to the dark theme',
  'search.dataset': 'Datasets',
  'search.deployment': 'Deployments',
  'search.goTo': 'Go to {place}',
  'search.job': 'Jobs',
  'search.language': 'Switch to {language}',
  'search.light': 'Switch to the light theme',
  'search.model': 'Models',
  'search.nothing': 'Nothing has “{text}” in its name.',
  'search.placeholder': 'Search datasets, models, jobs … or an action',
  'search.results': 'Results',
  'search.title': 'Search',
} as const satisfies Record<string, Message>;
