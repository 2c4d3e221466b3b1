import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, isTransient } from '~/api/errors';
import { sessionKey } from '~/features/account/queries';

const MOST_RETRIES = 2;

/** The one cache of server state; `onSignedOut` is called when the server no longer knows who we are. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const notice = (error: Error, key?: readonly unknown[]) => {
    if (!(error instanceof ApiError) || error.status !== 401 || key?.[0] === sessionKey[0]) return;
    // Of whoever was not signed in the guards take care: a page's first data is asked for beside them.
    if (client.getQueryData(sessionKey) === undefined) return;
    client.removeQueries({ queryKey: sessionKey });
    onSignedOut();
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => notice(error, query.queryKey) }),
    mutationCache: new MutationCache({
      onError: (error, _values, _result, mutation) => notice(error, mutation.options.mutationKey),
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => isTransient(error) && failures < MOST_RETRIES,
      },
      mutations: { retry: false },
    },
  });
  return client;
}
