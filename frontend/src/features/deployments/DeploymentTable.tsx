import type { Deployment } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { TextLink } from '~/components/LinkButton';
import { StatusBadge } from '~/components/StatusBadge';
import { useI18n } from '~/i18n/I18nProvider';
import { RouteList } from './RouteList';
import { useMilliseconds } from './useMilliseconds';

export function DeploymentTable({ deployments }: { deployments: Deployment[] }) {
  const { t, format } = useI18n();
  const milliseconds = useMilliseconds();
  return (
    <DataTable
      label={t('nav.deployments')}
      rows={deployments}
      rowKey={(deployment) => deployment.id}
      columns={[
        {
          key: 'name',
          header: t('common.name'),
          cell: ({ name }) => (
            <TextLink to="/deployments/$name" params={{ name }} fz="sm" fw={500}>
              {name}
            </TextLink>
          ),
        },
        { key: 'status', header: t('common.status'), cell: ({ status }) => <StatusBadge status={status} /> },
        {
          key: 'routes',
          header: t('deployments.answers'),
          cell: ({ routes }) => <RouteList routes={routes} />,
        },
        {
          key: 'requests',
          header: t('traffic.perMinute'),
          numeric: true,
          cell: ({ traffic }) => format.number(traffic.requests_per_minute, 1),
        },
        {
          key: 'latency',
          minor: true,
          header: t('traffic.p50'),
          numeric: true,
          cell: ({ traffic }) => milliseconds(traffic.p50_ms),
        },
        {
          key: 'created',
          minor: true,
          header: t('common.created'),
          cell: ({ created_at }) => <Ago time={created_at} />,
        },
      ]}
    />
  );
}
