import { Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Crumb, Crumbs } from './Crumbs';
import { ErrorNote } from './ErrorNote';
import { Waiting } from './QueryView';
import { useDocumentTitle } from './useDocumentTitle';

interface Props<Data> {
  query: UseQueryResult<Data>;
  crumbs: Crumb[];
  children: (data: Data) => ReactNode;
}

/** A page about one thing; until that is there, or if it can't be had, where the page belongs and the way back. */
export function PageView<Data>({ query, crumbs, children }: Props<Data>) {
  if (query.data !== undefined) return children(query.data);
  return (
    <>
      <Nameless crumbs={crumbs} waiting={!query.isError} />
      {query.isError ? <ErrorNote error={query.error} retry={() => query.refetch()} /> : <Waiting rows={8} />}
    </>
  );
}

/** As high, while it waits, as the header that takes its place. */
function Nameless({ crumbs, waiting }: { crumbs: Crumb[]; waiting: boolean }) {
  useDocumentTitle(crumbs.at(-1)?.label ?? '');
  return (
    <Stack component="header" gap={4} mb={waiting ? 'lg' : 'sm'}>
      <Crumbs crumbs={crumbs} />
      {waiting && <Skeleton height={36} width="min(360px, 80%)" />}
      {waiting && <Skeleton height={23} width="min(480px, 100%)" />}
    </Stack>
  );
}
