import { Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '~/components/ErrorNote';
import { TextLink } from '~/components/LinkButton';
import { StatusBadge } from '~/components/StatusBadge';
import { useI18n } from '~/i18n/I18nProvider';
import { usesQuery } from './lineageQueries';

/** The deployments that answer with a version, each with its share of the traffic. */
export function LineageUses({ versionId }: { versionId: string }) {
  const { t, format } = useI18n();
  const { data, error, refetch } = useQuery(usesQuery);
  if (error) return <ErrorNote error={error} retry={() => refetch()} />;
  const uses = data?.filter(({ routes }) => routes.some((route) => route.model_version_id === versionId));
  if (uses === undefined) return '…';
  if (uses.length === 0) return t('lineage.noUses');
  return (
    <Stack gap={4}>
      {uses.map(({ name, status, routes }) => {
        const total = routes.reduce((sum, { weight }) => sum + weight, 0);
        const own = routes.find((route) => route.model_version_id === versionId)?.weight ?? 0;
        return (
          <Group key={name} gap="xs">
            <TextLink to="/deployments/$name" params={{ name }} fz="sm">
              {name}
            </TextLink>
            <StatusBadge status={status} />
            {t('lineage.share', { percent: format.percent(own / total) })}
          </Group>
        );
      })}
    </Stack>
  );
}
