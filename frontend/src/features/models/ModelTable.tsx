import type { Model } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { headline } from '~/components/headline';
import { TextLink } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';

export function ModelTable({ models }: { models: Model[] }) {
  const { t, format } = useI18n();
  return (
    <DataTable
      label={t('nav.models')}
      rows={models}
      rowKey={(model) => model.id}
      columns={[
        {
          key: 'name',
          header: t('common.name'),
          cell: ({ id, name, latest_version: { number } }) => (
            <TextLink
              to="/models/$modelId/versions/$number"
              params={{ modelId: id, number: String(number) }}
              fz="sm"
              fw={500}
            >
              {name}
            </TextLink>
          ),
        },
        {
          key: 'version',
          header: t('models.version'),
          cell: ({ latest_version: { number } }) => t('common.versionShort', { number }),
        },
        {
          key: 'quality',
          header: t('models.quality'),
          numeric: true,
          cell: ({ latest_version: { metrics } }) => headline(metrics, t, format),
        },
        {
          key: 'from',
          minor: true,
          header: t('models.dataset'),
          cell: ({ latest_version }) => latest_version.dataset,
        },
        {
          key: 'created',
          minor: true,
          header: t('common.created'),
          cell: ({ latest_version }) => <Ago time={latest_version.created_at} />,
        },
      ]}
    />
  );
}
