import {
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';
import type { FineTuneRequest, Task } from '~/api/types';
import { PRESETS, type Preset } from './choices';
import type { Settings } from './settings';

/** One hyperparameter as the JSON schema describes it. */
export interface SettingSchema {
  title: string;
  description: string;
  type?: 'integer' | 'number' | 'string' | 'boolean';
  enum?: string[];
  const?: string;
  unit?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

export interface Sheet {
  schema: { properties: Record<string, SettingSchema> };
  presets: Record<Preset, Settings>;
}

const sheetQuery = (task: Task) =>
  queryOptions({
    queryKey: ['hyperparameters', task],
    queryFn: async () => {
      const params = { query: { task } };
      return (await unwrap(api.GET('/api/v1/jobs/hyperparameters', { params }))) as unknown as Sheet;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What can be set about training, and what each preset sets. */
export function useSheet(task: Task) {
  return useQuery(sheetQuery(task)).data;
}

/** What the model would read and learn of a row; null instead of a request asks for nothing. */
export function useLessonPreview(request: (FineTuneRequest & { row: number }) | null) {
  return useQuery({
    queryKey: ['lesson', request],
    queryFn: ({ signal }) =>
      unwrap(
        api.POST('/api/v1/jobs/preview', { body: request as FineTuneRequest & { row: number }, signal }),
      ),
    placeholderData: keepPreviousData,
    enabled: request !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export function useBaseModels() {
  return useQuery({
    queryKey: ['base-models'],
    queryFn: () => unwrap(api.GET('/api/v1/base-models')),
  });
}

/** What each preset would take; null instead of a request asks for nothing. */
export function useEstimates(request: FineTuneRequest | null) {
  return useQueries({
    queries: PRESETS.map((preset) => ({
      queryKey: ['estimate', preset, { ...request, preset }],
      queryFn: () =>
        unwrap(api.POST('/api/v1/jobs/estimate', { body: { ...(request as FineTuneRequest), preset } })),
      placeholderData: keepPreviousData,
      enabled: request !== null,
    })),
    combine: (found) =>
      Object.fromEntries(PRESETS.map((preset, place) => [preset, found[place]])) as Estimates,
  });
}

export type Estimates = Record<
  Preset,
  ReturnType<typeof useQuery<import('~/api/types').Estimate, Error>> | undefined
>;

export function useFineTune() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (request: FineTuneRequest) => unwrap(api.POST('/api/v1/jobs', { body: request })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['jobs'] }),
  });
}
