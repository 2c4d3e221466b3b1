import { Text } from '@mantine/core';
import type { Deployment } from '~/api/types';
import { CardLink, CardList } from '~/components/CardList';
import { StatusBadge } from '~/components/StatusBadge';
import { useI18n } from '~/i18n/I18nProvider';

interface Traffic {
  requests_per_minute: number;
  p50_ms: number | null;
}

/** Deployments with what answers there, and how much is asked of them. */
export function RecentDeployments({ deployments }: { deployments: Deployment[] }) {
  const { t } = useI18n();
  return (
    <CardList>
      {deployments.map((deployment) => (
        <CardLink
          key={deployment.id}
          to="/deployments/$name"
          params={{ name: deployment.name }}
          name={deployment.name}
          facts={deployment.routes
            .map(({ model_name, number }) => `${model_name} ${t('common.versionShort', { number })}`)
            .join(', ')}
          aside={
            <>
              <StatusBadge status={deployment.status} />
              <TrafficNote deployment={deployment} />
            </>
          }
        />
      ))}
    </CardList>
  );
}

function TrafficNote({ deployment }: { deployment: Deployment & { traffic?: Traffic } }) {
  const { t, format } = useI18n();
  const { traffic } = deployment;
  if (!traffic) return null;
  const facts = [t('deployments.perMinute', { number: format.number(traffic.requests_per_minute, 1) })];
  if (traffic.p50_ms !== null) {
    facts.push(t('deployments.p50', { milliseconds: format.number(traffic.p50_ms, 1) }));
  }
  return (
    <Text span fz="xs" c="dimmed" display="block">
      {facts.join(' · ')}
    </Text>
  );
}
