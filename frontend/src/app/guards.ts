import type { QueryClient } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { ApiError } from '~/api/errors';
import { sessionQuery, setupQuery } from '~/features/account/queries';

export interface SignInSearch {
  /** Where to go after signing in. */
  next?: string;
}

/**
 * Lets nobody in without a session: the first visitor goes to the setup, the others to the sign-in page. Runs beside
 * the loading of the page, which shows nothing before.
 */
export async function onlySignedIn(queryClient: QueryClient, wanted: string): Promise<void> {
  try {
    await queryClient.ensureQueryData(sessionQuery);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    const { needed } = await queryClient.fetchQuery(setupQuery);
    if (needed) throw redirect({ to: '/setup' });
    throw redirect({ to: '/sign-in', search: { next: wanted === '/' ? undefined : wanted } });
  }
}

/** The setup is over as soon as there is an account. */
export async function onlyBeforeSetup(queryClient: QueryClient): Promise<void> {
  const { needed } = await queryClient.fetchQuery(setupQuery);
  if (!needed) throw redirect({ to: '/' });
}

/** An address inside this app, else the first page: nobody is sent to another site after signing in. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/';
}
