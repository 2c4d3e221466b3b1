import { Loader, Text } from '@mantine/core';
import { onlineManager, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { isTransient } from '~/api/errors';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './ConnectionBanner.module.css';
import { activityQuery } from './queries';

/** While the server can't be reached or is not ready: says so calmly, and goes away by itself. */
export function ConnectionBanner() {
  const { t } = useI18n();
  const queryClient = useQueryClient();
  const { error } = useQuery(activityQuery);
  const online = useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  );
  const down = !online || isTransient(error);
  const wasDown = useRef(false);
  useEffect(() => {
    // What failed meanwhile is asked for again.
    if (wasDown.current && !down) void queryClient.invalidateQueries();
    wasDown.current = down;
  }, [down, queryClient]);
  return (
    <div role="status">
      {down && (
        <div className={classes.banner}>
          <Loader size={14} color="gray" aria-hidden="true" />
          <Text fz="sm">{online ? t('connection.down') : t('connection.offline')}</Text>
        </div>
      )}
    </div>
  );
}
