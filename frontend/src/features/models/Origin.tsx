import type { ModelVersion } from '~/api/types';
import { DataTable } from '~/components/DataTable';
import { useI18n } from '~/i18n/I18nProvider';

/** How it was trained. */
export function Origin({ version }: { version: ModelVersion }) {
  const { t, format } = useI18n();
  const { splits, chosen, columns } = version;
  const facts = [
    [t('origin.columns'), Object.entries(columns).map(columnsOfRole).join(' → ')],
    [t('origin.preset'), t(`preset.${version.preset}`)],
    [
      t('origin.rows'),
      t('origin.rowCounts', { train: splits.train, validation: splits.validation, test: splits.test }),
    ],
    [t('origin.split'), splits.how],
    [t('origin.chosen'), chosen.reason],
    [t('metric.validation_accuracy'), format.percent(chosen.validation_accuracy)],
    [t('origin.device'), version.device],
    [t('origin.seed'), String(version.seed)],
    [
      t('origin.libraries'),
      Object.entries(version.libraries)
        .map(([name, number]) => `${name} ${number}`)
        .join(', '),
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

function columnsOfRole([, names]: [string, string | string[] | undefined]): string {
  return [names].flat().join(' + ');
}
