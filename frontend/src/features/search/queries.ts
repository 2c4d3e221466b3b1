import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, unwrap } from '~/api/client';

const HITS_OF_A_TYPE = 5;

export const searchQuery = (text: string) =>
  queryOptions({
    queryKey: ['search', text],
    queryFn: () =>
      unwrap(api.GET('/api/v1/search', { params: { query: { q: text, limit: HITS_OF_A_TYPE } } })),
    enabled: text !== '',
    placeholderData: keepPreviousData,
  });
