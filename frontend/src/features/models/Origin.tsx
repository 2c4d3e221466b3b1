import type { ModelVersion } from '~/api/types';
import { DataTable } from '~/components/DataTable';
import { TextLink } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';

/** How the version came to be. */
export function Origin({ version }: { version: ModelVersion }) {
  const { t } = useI18n();
  const { dataset, base_model: baseModel, splits, chosen } = version;
  const facts = [
    [t('origin.dataset'), `${dataset.name} · ${t('common.versionShort', { number: dataset.number })}`],
    [t('origin.baseModel'), `${baseModel.name} · ${baseModel.licence}`],
    [t('origin.preset'), t(`preset.${version.preset}`)],
    [
      t('origin.rows'),
      t('origin.rowCounts', { train: splits.train, validation: splits.validation, test: splits.test }),
    ],
    [t('origin.chosen'), chosen.reason],
    [t('origin.device'), version.device],
    [
      t('origin.job'),
      <TextLink key="job" to="/jobs/$jobId" params={{ jobId: version.job_id }} fz="sm">
        {version.job_id}
      </TextLink>,
    ],
  ] as const;
  return (
    <DataTable
      label={t('origin.title')}
      rows={[...facts]}
      rowKey={([name]) => name}
      columns={[
        { key: 'name', header: t('origin.what'), cell: ([name]) => name },
        { key: 'value', header: t('origin.value'), wide: true, cell: ([, value]) => value },
      ]}
    />
  );
}
