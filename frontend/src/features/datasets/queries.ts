import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, unwrap } from '~/api/client';
import type { DatasetVersion, Repair } from '~/api/types';
import type { Reading } from './readings';
import { type Sent, uploadFile } from './upload';

const POLL_MS = 1_000;
const MOST_VERSIONS = 200;

export const datasetsKey = ['datasets'] as const;
export const versionKey = (id: string, number: number) => [...datasetsKey, id, 'versions', number] as const;

export const datasetsQuery = (limit = 100) =>
  queryOptions({
    queryKey: [...datasetsKey, 'list', limit],
    queryFn: () => unwrap(api.GET('/api/v1/datasets', { params: { query: { limit } } })),
    refetchInterval: ({ state }) =>
      state.data?.data.some((dataset) => dataset.status === 'processing') ? POLL_MS : false,
  });

/** A dataset; asked for again and again while `reading`, because a job may be making a new version of it. */
export const datasetQuery = (id: string, reading = false) =>
  queryOptions({
    queryKey: [...datasetsKey, id],
    queryFn: () => unwrap(api.GET('/api/v1/datasets/{dataset_id}', { params: { path: { dataset_id: id } } })),
    refetchInterval: ({ state }) => (reading || state.data?.status === 'processing' ? POLL_MS : false),
  });

export const versionQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: versionKey(id, number),
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/datasets/{dataset_id}/versions/{number}', {
          params: { path: { dataset_id: id, number } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** `latest` is part of the key: with a new version there is a new list. */
export const versionsQuery = (id: string, latest: number | null) =>
  queryOptions({
    queryKey: [...datasetsKey, id, 'history', latest],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/datasets/{dataset_id}/versions', {
          params: { path: { dataset_id: id }, query: { limit: MOST_VERSIONS } },
        }),
      ),
  });

/** How the beginning of the file looks in one reading. */
export const previewQuery = (id: string, version: number | null, reading: Reading) =>
  queryOptions({
    queryKey: [...datasetsKey, id, 'preview', version, reading],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/datasets/{dataset_id}/preview', {
          params: { path: { dataset_id: id }, query: { ...reading, version: version ?? undefined } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

/** Upload of one file, as a new dataset or as the next version of one, with how much of it has been sent. */
export function useUpload(datasetId?: string) {
  const queryClient = useQueryClient();
  const [sent, setSent] = useState<Sent>({ bytes: 0, total: 0 });
  const mutation = useMutation({
    mutationFn: (file: File) => uploadFile(file, setSent, datasetId),
    onMutate: (file) => setSent({ bytes: 0, total: file.size }),
    onSuccess: () => invalidateWork(queryClient),
  });
  return { ...mutation, sent };
}

/** Reads the file of a version in another way: as the next version. */
export function useReadAgain(datasetId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ version, reading }: { version: number | null; reading: Reading }) =>
      unwrap(
        api.POST('/api/v1/datasets/{dataset_id}/versions', {
          params: { path: { dataset_id: datasetId } },
          body: { ...reading, version: version ?? undefined },
        }),
      ),
    onSuccess: () => invalidateWork(queryClient),
  });
}

/** Repairs a version: as the next version. */
export function useRepair({ dataset_id, number }: Pick<DatasetVersion, 'dataset_id' | 'number'>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (repairs: Repair[]) =>
      unwrap(
        api.POST('/api/v1/datasets/{dataset_id}/versions/{number}/repairs', {
          params: { path: { dataset_id, number } },
          body: { repairs },
        }),
      ),
    onSuccess: () => invalidateWork(queryClient),
  });
}

export function useRenameDataset(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      unwrap(
        api.PATCH('/api/v1/datasets/{dataset_id}', { params: { path: { dataset_id: id } }, body: { name } }),
      ),
    onSuccess: (dataset) => {
      queryClient.setQueryData(datasetQuery(id).queryKey, dataset);
      return queryClient.invalidateQueries({ queryKey: [...datasetsKey, 'list'] });
    },
  });
}

/** What keeps a dataset from being deleted. */
export const usesQuery = (id: string) =>
  queryOptions({
    queryKey: [...datasetsKey, id, 'uses'],
    queryFn: () =>
      unwrap(api.GET('/api/v1/datasets/{dataset_id}/uses', { params: { path: { dataset_id: id } } })),
  });

export function useDeleteDataset(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(api.DELETE('/api/v1/datasets/{dataset_id}', { params: { path: { dataset_id: id } } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...datasetsKey, 'list'] }),
  });
}

/** The datasets, and the jobs too, because a job reads the file. */
function invalidateWork(queryClient: QueryClient) {
  void queryClient.invalidateQueries({ queryKey: ['jobs'] });
  return queryClient.invalidateQueries({ queryKey: datasetsKey });
}
