import { Skeleton, Stack, Text } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import { ErrorNote } from './ErrorNote';

const SLOW_AFTER_MS = 10_000;

interface Props<Data> {
  query: UseQueryResult<Data>;
  rows?: number;
  children: (data: Data) => ReactNode;
}

/** What a query has: its data, else why not, else a skeleton of about the same height. */
export function QueryView<Data>({ query, rows = 3, children }: Props<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorNote error={query.error} retry={() => query.refetch()} />;
  return <Waiting rows={rows} />;
}

/** Stands where content will be; after a while it says that it takes longer than usual. */
export function Waiting({ rows }: { rows: number }) {
  const { t } = useI18n();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Stack gap="xs" role="group" aria-busy="true" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <Skeleton key={row} height={36} />
      ))}
      {slow && (
        <Text c="dimmed" fz="sm">
          {t('common.slow')}
        </Text>
      )}
    </Stack>
  );
}
