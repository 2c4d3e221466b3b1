import { useQuery } from '@tanstack/react-query';
import type { ModelVersion, ModelVersionSummary } from '~/api/types';
import { Ago } from '~/components/Ago';
import { type Column, DataTable } from '~/components/DataTable';
import { headline } from '~/components/headline';
import { TextLink } from '~/components/LinkButton';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { versionsQuery } from './queries';

/** Every version of the model, the newest first, each to open and to compare with this one. */
export function VersionTable({ version }: { version: ModelVersion }) {
  const { t } = useI18n();
  const versions = useQuery(versionsQuery(version.model_id));
  const columns = useColumns(version);
  return (
    <QueryView query={versions}>
      {({ data }) => (
        <DataTable label={t('versions.title')} rows={data} rowKey={({ id }) => id} columns={columns} />
      )}
    </QueryView>
  );
}

function useColumns({ model_id: modelId, number: shown }: ModelVersion): Column<ModelVersionSummary>[] {
  const { t, format } = useI18n();
  const params = (number: number) => ({ modelId, number: String(number) });
  return [
    {
      key: 'version',
      header: t('datasets.version'),
      cell: ({ number }) => (
        <TextLink
          to="/models/$modelId/versions/$number"
          params={params(number)}
          fz="sm"
          fw={500}
          aria-current={number === shown ? 'page' : undefined}
        >
          {t('common.versionShort', { number })}
        </TextLink>
      ),
    },
    {
      key: 'quality',
      header: t('models.quality'),
      numeric: true,
      cell: ({ metrics }) => headline(metrics, t, format),
    },
    {
      key: 'rows',
      minor: true,
      header: t('versions.exam'),
      numeric: true,
      cell: ({ metrics: { held_out_rows: rows } }) => (rows === undefined ? null : format.number(rows)),
    },
    {
      key: 'from',
      minor: true,
      header: t('models.dataset'),
      cell: ({ dataset, dataset_version: number }) => `${dataset} ${t('common.versionShort', { number })}`,
    },
    { key: 'preset', header: t('origin.preset'), cell: ({ preset }) => t(`preset.${preset}`) },
    { key: 'base', minor: true, header: t('origin.baseModel'), cell: ({ base_model: base }) => base },
    {
      key: 'created',
      minor: true,
      header: t('common.created'),
      cell: ({ created_at: time }) => <Ago time={time} />,
    },
    {
      key: 'compare',
      header: t('versions.compare'),
      cell: ({ number }) =>
        number === shown ? (
          t('versions.shown')
        ) : (
          <TextLink
            to="/models/$modelId/versions/$number/compare/$other"
            params={{ ...params(Math.max(number, shown)), other: String(Math.min(number, shown)) }}
            fz="sm"
          >
            {t('versions.compareWith', { one: shown, other: number })}
          </TextLink>
        ),
    },
  ];
}
