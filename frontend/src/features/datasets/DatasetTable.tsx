import type { Dataset } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { TextLink } from '~/components/LinkButton';
import { StatusBadge } from '~/components/StatusBadge';
import { useI18n } from '~/i18n/I18nProvider';

export function DatasetTable({ datasets }: { datasets: Dataset[] }) {
  const { t } = useI18n();
  return (
    <DataTable
      label={t('nav.datasets')}
      rows={datasets}
      rowKey={(dataset) => dataset.id}
      columns={[
        {
          key: 'name',
          header: t('common.name'),
          cell: (dataset) => (
            <TextLink to="/datasets/$datasetId" params={{ datasetId: dataset.id }} fz="sm" fw={500}>
              {dataset.name}
            </TextLink>
          ),
        },
        {
          key: 'status',
          header: t('common.status'),
          cell: (dataset) => <StatusBadge status={dataset.status} />,
        },
        {
          key: 'version',
          minor: true,
          header: t('datasets.version'),
          cell: (dataset) =>
            dataset.latest_version ? t('common.versionShort', { number: dataset.latest_version }) : null,
        },
        {
          key: 'created',
          minor: true,
          header: t('common.created'),
          cell: (dataset) => <Ago time={dataset.created_at} />,
        },
      ]}
    />
  );
}
