import { useNavigate, useSearch } from '@tanstack/react-router';
import type { VersionSearch } from './search';

/** What the address of a version's page says, and how to change a part of it. */
export function useVersionSearch(): [VersionSearch, (change: VersionSearch) => void] {
  const search = useSearch({ from: '/shell/models/$modelId/versions/$number' });
  const navigate = useNavigate({ from: '/models/$modelId/versions/$number' });
  const change = (changed: VersionSearch) =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace: true, resetScroll: false });
  return [search, change];
}
