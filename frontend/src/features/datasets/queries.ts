import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, unwrap } from '~/api/client';
import type { Question } from '~/api/types';
import { uploadDataset } from './upload';

const POLL_MS = 1_000;
const PREVIEW_ROWS = 20;
const PREVIEW_CELL = 300;

const datasetsKey = ['datasets'] as const;

export const datasetsQuery = (limit = 100) =>
  queryOptions({
    queryKey: [...datasetsKey, 'list', limit],
    queryFn: () => unwrap(api.GET('/api/v1/datasets', { params: { query: { limit } } })),
    refetchInterval: ({ state }) =>
      state.data?.data.some((dataset) => dataset.status === 'processing') ? POLL_MS : false,
  });

export const datasetQuery = (id: string) =>
  queryOptions({
    queryKey: [...datasetsKey, id],
    queryFn: () => unwrap(api.GET('/api/v1/datasets/{dataset_id}', { params: { path: { dataset_id: id } } })),
    refetchInterval: ({ state }) => (state.data?.status === 'processing' ? POLL_MS : false),
  });

export const versionQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: [...datasetsKey, id, 'versions', number],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/datasets/{dataset_id}/versions/{number}', {
          params: { path: { dataset_id: id, number } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const rowsQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: [...datasetsKey, id, 'versions', number, 'rows'],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/datasets/{dataset_id}/versions/{number}/rows', {
          params: {
            path: { dataset_id: id, number },
            query: { limit: PREVIEW_ROWS, cell_limit: PREVIEW_CELL },
          },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const rejectsQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: [...datasetsKey, id, 'versions', number, 'rejects'],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/datasets/{dataset_id}/versions/{number}/rejects', {
          params: {
            path: { dataset_id: id, number },
            query: { limit: PREVIEW_ROWS, cell_limit: PREVIEW_CELL },
          },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Upload of one file, with the fraction sent so far. */
export function useUpload() {
  const queryClient = useQueryClient();
  const [sent, setSent] = useState(0);
  const mutation = useMutation({
    mutationFn: (file: File) => uploadDataset(file, setSent),
    onMutate: () => setSent(0),
    onSuccess: () => invalidateWork(queryClient),
  });
  return { ...mutation, sent };
}

/** Answers a question about how the file is to be read: it is read again, as the next version. */
export function useReadAgain(datasetId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ question, answer }: { question: Question; answer: string }) =>
      unwrap(
        api.POST('/api/v1/datasets/{dataset_id}/versions', {
          params: { path: { dataset_id: datasetId } },
          body: readingOption(question, answer),
        }),
      ),
    onSuccess: () => invalidateWork(queryClient),
  });
}

/** The datasets, and the jobs too, because a job reads the file. */
function invalidateWork(queryClient: QueryClient) {
  void queryClient.invalidateQueries({ queryKey: ['jobs'] });
  return queryClient.invalidateQueries({ queryKey: datasetsKey });
}

function readingOption({ code }: Question, answer: string) {
  switch (code) {
    case 'header':
      return { header: answer === 'true' };
    case 'comment':
      return { skip_lines: Number(answer) };
    case 'encoding':
      return { encoding: answer };
    case 'delimiter':
      return { delimiter: answer };
  }
}
