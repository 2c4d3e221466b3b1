import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, unwrap } from '~/api/client';
import { sendFile } from '~/api/sendFile';
import type { Batch, JobStatus } from '~/api/types';
import { deploymentsKey } from './queries';

const POLL_MS = 1_000;
const OVER: ReadonlySet<JobStatus> = new Set(['succeeded', 'failed', 'cancelled']);

export function isOver({ status }: Pick<Batch, 'status'>): boolean {
  return OVER.has(status);
}

export const batchesQuery = (name: string) =>
  queryOptions({
    queryKey: [...deploymentsKey, name, 'batches'],
    queryFn: () =>
      unwrap(
        api.GET('/api/v1/deployments/{name}/batches', { params: { path: { name }, query: { limit: 100 } } }),
      ),
    refetchInterval: ({ state }) => (state.data?.data.every(isOver) ? false : POLL_MS),
  });

export const batchQuery = (id: string) =>
  queryOptions({
    queryKey: ['batches', id],
    queryFn: () => unwrap(api.GET('/api/v1/batches/{batch_id}', { params: { path: { batch_id: id } } })),
  });

/** Where the result of a batch is downloaded from. */
export function resultPath({ id }: Pick<Batch, 'id'>): string {
  return `/api/v1/batches/${encodeURIComponent(id)}/result`;
}

interface Sheet {
  file: File;
  /** Those that the model was trained on if there are none. */
  textColumns: string[];
  /** Tokens of an answer; as many as usual if null. */
  answerLength: number | null;
}

/** Sends a file of which every row is to be answered, with the fraction sent so far. */
export function useSendBatch(name: string) {
  const queryClient = useQueryClient();
  const [sent, setSent] = useState(0);
  const mutation = useMutation({
    mutationFn: ({ file, textColumns, answerLength }: Sheet) => {
      const form = new FormData();
      if (textColumns.length > 0) form.append('text_columns', JSON.stringify(textColumns));
      if (answerLength !== null) form.append('answer_length', String(answerLength));
      form.append('file', file);
      return sendFile<Batch>(`/api/v1/deployments/${encodeURIComponent(name)}/batches`, form, setSent);
    },
    onMutate: () => setSent(0),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['jobs'] });
      return queryClient.invalidateQueries({ queryKey: batchesQuery(name).queryKey });
    },
  });
  return { ...mutation, sent };
}
