import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { datasetSearch } from '~/features/datasets/search';
import { deploymentSearch } from '~/features/deployments/search';
import { choicesIn } from '~/features/fine-tuning/choices';
import { changeSearch, versionSearch } from '~/features/models/search';
import { webhookSearch } from '~/features/webhooks/search';
import { BrokenPage } from './BrokenPage';
import * as firstData from './firstData';
import { root, setup, shell, signIn } from './outerRoutes';

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  loader: ({ context }) => firstData.askForHome(context.queryClient),
  component: lazyRouteComponent(() => import('./pages/HomePage'), 'HomePage'),
});

const datasets = createRoute({
  getParentRoute: () => shell,
  path: '/datasets',
  component: lazyRouteComponent(() => import('./pages/DatasetsPage'), 'DatasetsPage'),
});

const dataset = createRoute({
  getParentRoute: () => shell,
  path: '/datasets/$datasetId',
  validateSearch: datasetSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context, params, deps }) => firstData.askForDataset(context.queryClient, params.datasetId, deps),
  component: lazyRouteComponent(() => import('./pages/DatasetPage'), 'DatasetPage'),
});

const fineTune = createRoute({
  getParentRoute: () => shell,
  path: '/datasets/$datasetId/fine-tune',
  validateSearch: choicesIn,
  component: lazyRouteComponent(() => import('./pages/FineTunePage'), 'FineTunePage'),
});

const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/jobs',
  component: lazyRouteComponent(() => import('./pages/JobsPage'), 'JobsPage'),
});

const job = createRoute({
  getParentRoute: () => shell,
  path: '/jobs/$jobId',
  loader: ({ context, params }) => firstData.askForJob(context.queryClient, params.jobId),
  component: lazyRouteComponent(() => import('./pages/JobPage'), 'JobPage'),
});

const models = createRoute({
  getParentRoute: () => shell,
  path: '/models',
  component: lazyRouteComponent(() => import('./pages/ModelsPage'), 'ModelsPage'),
});

const model = createRoute({
  getParentRoute: () => shell,
  path: '/models/$modelId',
  component: lazyRouteComponent(() => import('./pages/ModelPage'), 'ModelPage'),
});

const modelVersion = createRoute({
  getParentRoute: () => shell,
  path: '/models/$modelId/versions/$number',
  validateSearch: versionSearch,
  loader: ({ context, params }) =>
    firstData.askForModelVersion(context.queryClient, params.modelId, Number(params.number)),
  component: lazyRouteComponent(() => import('./pages/ModelVersionPage'), 'ModelVersionPage'),
});

const modelComparison = createRoute({
  getParentRoute: () => shell,
  path: '/models/$modelId/versions/$number/compare/$other',
  validateSearch: changeSearch,
  component: lazyRouteComponent(() => import('./pages/ModelComparisonPage'), 'ModelComparisonPage'),
});

const voting = createRoute({
  getParentRoute: () => shell,
  path: '/models/$modelId/versions/$number/vote',
  component: lazyRouteComponent(() => import('./pages/VotingPage'), 'VotingPage'),
});

const deployments = createRoute({
  getParentRoute: () => shell,
  path: '/deployments',
  component: lazyRouteComponent(() => import('./pages/DeploymentsPage'), 'DeploymentsPage'),
});

const deployment = createRoute({
  getParentRoute: () => shell,
  path: '/deployments/$name',
  validateSearch: deploymentSearch,
  loader: ({ context, params }) => firstData.askForDeployment(context.queryClient, params.name),
  component: lazyRouteComponent(() => import('./pages/DeploymentPage'), 'DeploymentPage'),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/SettingsPage'), 'SettingsPage'),
});

const workers = createRoute({
  getParentRoute: () => shell,
  path: '/settings/workers',
  component: lazyRouteComponent(() => import('./pages/WorkersPage'), 'WorkersPage'),
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/settings/webhooks',
  component: lazyRouteComponent(() => import('./pages/WebhooksPage'), 'WebhooksPage'),
});

const newWebhook = createRoute({
  getParentRoute: () => shell,
  path: '/settings/webhooks/new',
  component: lazyRouteComponent(() => import('./pages/NewWebhookPage'), 'NewWebhookPage'),
});

const webhook = createRoute({
  getParentRoute: () => shell,
  path: '/settings/webhooks/$webhookId',
  validateSearch: webhookSearch,
  component: lazyRouteComponent(() => import('./pages/WebhookPage'), 'WebhookPage'),
});

const routeTree = root.addChildren([
  setup,
  signIn,
  shell.addChildren([
    home,
    datasets,
    dataset,
    fineTune,
    jobs,
    job,
    models,
    model,
    modelVersion,
    modelComparison,
    voting,
    deployments,
    deployment,
    settings,
    workers,
    webhooks,
    newWebhook,
    webhook,
  ]),
]);

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: 'intent',
    // How long an answer is good for, the query cache knows.
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: BrokenPage,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
