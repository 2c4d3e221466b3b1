import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { onlyBeforeSetup, onlyMarked, onlySignedIn, type SignInSearch } from './guards';
import { LostPage } from './LostPage';
import { Shell } from './Shell';

export const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  notFoundComponent: LostPage,
});

export const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  beforeLoad: ({ context }) => onlyBeforeSetup(context.queryClient),
  component: lazyRouteComponent(() => import('./pages/SetupPage'), 'SetupPage'),
});

export const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): SignInSearch => ({
    next: typeof search.next === 'string' ? search.next : undefined,
  }),
  component: lazyRouteComponent(() => import('./pages/SignInPage'), 'SignInPage'),
});

/** Around every page that needs somebody who has signed in. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: ({ context, location }) => onlyMarked(context.queryClient, location.href),
  loader: ({ context, location }) => onlySignedIn(context.queryClient, location.href),
  component: Shell,
});
