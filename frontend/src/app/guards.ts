import type { QueryClient } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { ApiError } from '~/api/errors';
import { sessionQuery, setupQuery } from '~/features/account/queries';

export interface SignInSearch {
  /** Where to go after signing in. */
  next?: string;
}

/** The cookie that the server sets beside that of a session, which no script can see. */
const MARK = 'tuneyard_signed_in=';

/** Sends away who has no session, as far as this can be known without asking, before anything is asked for. */
export async function onlyMarked(queryClient: QueryClient, wanted: string): Promise<void> {
  if (!document.cookie.includes(MARK)) throw await entrance(queryClient, wanted);
}

/** Lets nobody in without a session. Runs beside the loading of the page, which shows nothing before. */
export async function onlySignedIn(queryClient: QueryClient, wanted: string): Promise<void> {
  try {
    await queryClient.ensureQueryData(sessionQuery);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    throw await entrance(queryClient, wanted);
  }
}

/** The first visitor goes to the setup, the others to the sign-in page. */
async function entrance(queryClient: QueryClient, wanted: string) {
  const { needed } = await queryClient.fetchQuery(setupQuery);
  if (needed) return redirect({ to: '/setup' });
  return redirect({ to: '/sign-in', search: { next: wanted === '/' ? undefined : wanted } });
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
