import { Group, Stack, Text } from '@mantine/core';
import type { DatasetUses as Uses } from '~/api/types';
import { Ago } from '~/components/Ago';
import { TextLink } from '~/components/LinkButton';
import { StatusBadge } from '~/components/StatusBadge';
import { useI18n } from '~/i18n/I18nProvider';

/** The jobs that learned from a dataset, each as a link. */
export function DatasetUses({ uses }: { uses: Uses }) {
  const { t } = useI18n();
  const more = uses.count - uses.data.length;
  return (
    <Stack gap="xs">
      <Text fz="sm">{t('datasets.inUse', { count: uses.count })}</Text>
      {uses.data.map(({ id, name, status, created_at: createdAt }) => (
        <Group key={id} gap="xs">
          <TextLink to="/jobs/$jobId" params={{ jobId: id }} fz="sm" style={{ overflowWrap: 'anywhere' }}>
            {name}
          </TextLink>
          <StatusBadge status={status} />
          <Text fz="sm" c="dimmed">
            <Ago time={createdAt} />
          </Text>
        </Group>
      ))}
      {more > 0 && (
        <Text fz="sm" c="dimmed">
          {t('datasets.inUseMore', { count: more })}
        </Text>
      )}
    </Stack>
  );
}
