import type { ModelVersion } from '~/api/types';
import { type Fact, FactList } from '~/components/FactList';
import { useI18n } from '~/i18n/I18nProvider';
import { sentences } from '~/i18n/sentences';

/** How it was trained. */
export function Origin({ version }: { version: ModelVersion }) {
  const { t, say, format } = useI18n();
  const { splits, chosen, columns } = version;
  const facts: Fact[] = [
    [t('origin.columns'), Object.entries(columns).map(columnsOfRole).join(' → ')],
    [t('origin.preset'), t(`preset.${version.preset}`)],
    [
      t('origin.rows'),
      t('origin.rowCounts', { train: splits.train, validation: splits.validation, test: splits.test }),
    ],
    [t('origin.split'), sentences(say, 'split', splits.how, [splits.how_saying])],
    [t('origin.chosen'), sentences(say, 'log', chosen.reason, chosen.reasons)],
    typeof chosen.validation_loss === 'number'
      ? [t('metric.validation_loss'), format.number(chosen.validation_loss, 3)]
      : [t('metric.validation_accuracy'), format.percent(chosen.validation_accuracy ?? 0)],
    [t('origin.epochs'), format.number(chosen.epochs, 2)],
    [t('origin.device'), sentences(say, 'device', version.device, [version.device_saying])],
    [t('origin.seed'), String(version.seed)],
    [
      t('origin.libraries'),
      Object.entries(version.libraries)
        .map(([name, number]) => `${name} ${number}`)
        .join(', '),
    ],
  ];
  return <FactList facts={facts} />;
}

function columnsOfRole([, names]: [string, string | string[] | undefined]): string {
  return [names].flat().join(' + ');
}
