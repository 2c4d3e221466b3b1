import { queryOptions } from '@tanstack/react-query';
import { unwrap } from '~/api/client';

/** Ids of everything that can be asked: deployments, and base models that write. */
export const askableQuery = queryOptions({
  queryKey: ['askable'],
  // The addresses that OpenAI's clients know are not of the generated client.
  queryFn: async () => {
    const { data } = await unwrap(asked());
    return data.map(({ id }) => id);
  },
  staleTime: 60_000,
});

async function asked() {
  const response = await fetch('/v1/models');
  const body = await response.json().catch(() => undefined);
  return { response, data: body as { data: { id: string }[] }, error: body };
}
