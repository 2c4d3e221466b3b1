import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import type { paths } from '~/api/schema.gen';

export const sessionKey = ['session'] as const;
export const apiKeysKey = ['api-keys'] as const;

type Body<Path extends '/api/v1/setup' | '/api/v1/session' | '/api/v1/api-keys' | '/api/v1/password'> =
  paths[Path]['post']['requestBody']['content']['application/json'];
type Profile = paths['/api/v1/profile']['patch']['requestBody']['content']['application/json'];

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => unwrap(api.GET('/api/v1/setup')),
  staleTime: 0,
});

export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: () => unwrap(api.GET('/api/v1/session')),
  staleTime: 60_000,
});

export const apiKeysQuery = queryOptions({
  queryKey: apiKeysKey,
  queryFn: () => unwrap(api.GET('/api/v1/api-keys', { params: { query: { limit: 200 } } })),
});

export const browsersQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: () => unwrap(api.GET('/api/v1/sessions')),
});

export function useSetUp() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationKey: sessionKey,
    mutationFn: (body: Body<'/api/v1/setup'>) => unwrap(api.POST('/api/v1/setup', { body })),
    onSuccess: (session) => queryClient.setQueryData(sessionKey, session),
  });
}

export function useSignIn() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationKey: sessionKey,
    mutationFn: (body: Body<'/api/v1/session'>) => unwrap(api.POST('/api/v1/session', { body })),
    onSuccess: (session) => queryClient.setQueryData(sessionKey, session),
  });
}

type Leave = () => Promise<unknown>;

export function useSignOut(leave: Leave) {
  return useEnding(() => unwrap(api.DELETE('/api/v1/session')), leave);
}

export function useSignOutEverywhere(leave: Leave) {
  return useEnding(() => unwrap(api.DELETE('/api/v1/sessions')), leave);
}

/** Forgets what the server has told and this tab has kept, once the page is left that would ask for it again. */
function useEnding(end: () => Promise<unknown>, leave: Leave) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: end,
    onSuccess: async () => {
      await leave();
      queryClient.clear();
      sessionStorage.clear();
    },
  });
}

export function useChangeEmail() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Profile) => unwrap(api.PATCH('/api/v1/profile', { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: sessionKey }),
  });
}

export function useChangePassword() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Body<'/api/v1/password'>) => unwrap(api.POST('/api/v1/password', { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: browsersQuery.queryKey }),
  });
}

export function useCreateApiKey() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Body<'/api/v1/api-keys'>) => unwrap(api.POST('/api/v1/api-keys', { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: apiKeysKey }),
  });
}

export function useRevokeApiKey() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE('/api/v1/api-keys/{api_key_id}', { params: { path: { api_key_id: id } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: apiKeysKey }),
  });
}
