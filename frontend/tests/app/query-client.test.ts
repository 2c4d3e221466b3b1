// @vitest-environment jsdom
import { expect, it, vi } from 'vitest';
import { ApiError } from '~/api/errors';
import { createQueryClient } from '~/app/queryClient';
import { sessionKey } from '~/features/account/queries';

const refused = () => Promise.reject(new ApiError('refused', 401, 'unauthorized', 'Sign in.'));

it('tells that a session ended once, and nothing of a visitor who never had one', async () => {
  const onSignedOut = vi.fn();
  const client = createQueryClient(onSignedOut);
  const ask = (name: string) => client.prefetchQuery({ queryKey: [name], queryFn: refused });
  await Promise.all(['datasets', 'models'].map(ask));
  // Else the guards would ask again, and be refused again, without an end.
  expect(onSignedOut).not.toHaveBeenCalled();
  client.setQueryData(sessionKey, { user: 'owner' });
  await Promise.all(['jobs', 'deployments'].map(ask));
  expect(onSignedOut).toHaveBeenCalledTimes(1);
});
