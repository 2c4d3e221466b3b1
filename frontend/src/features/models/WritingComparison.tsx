import type { GenerationEvaluation, ModelVersion } from '~/api/types';
import { DataTable } from '~/components/DataTable';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { MEASURES, type Measure, tunedOf } from './measures';

export interface WritingSide {
  version: ModelVersion;
  evaluation: GenerationEvaluation;
}

/** Two versions that write, each by its own exam, and what they were made from. */
export default function WritingComparison({ one, other }: { one: WritingSide; other: WritingSide }) {
  const { t, format } = useI18n();
  const show = ({ of, scale }: Measure, evaluation: GenerationEvaluation) => {
    const found = of(tunedOf(evaluation));
    if (!found) return '';
    const write = (value: number) => (scale === 'share' ? format.percent(value) : format.number(value, 1));
    const { value, low, high } = found;
    return low === high ? write(value) : `${write(value)} (${write(low)}–${write(high)})`;
  };
  const measured = MEASURES.filter(
    ({ of }) => of(tunedOf(one.evaluation)) ?? of(tunedOf(other.evaluation)),
  ).map((measure) => [
    t(`metric.${measure.name}`),
    show(measure, one.evaluation),
    show(measure, other.evaluation),
  ]);
  const made = [
    [t('lineage.dataset'), ...both(one, other, ({ dataset: { name, number } }) => `${name} v${number}`)],
    [t('origin.preset'), ...both(one, other, ({ preset }) => t(`preset.${preset}`))],
    [t('origin.baseModel'), ...both(one, other, ({ base_model: base }) => base.name)],
    [t('metric.held_out_rows'), ...both(one, other, ({ splits }) => format.number(splits.test))],
  ];
  return (
    <Section title={t('compare.numbers')} hint={t('compare.ownExams')}>
      <DataTable
        label={t('compare.numbers')}
        rows={[...measured, ...made]}
        rowKey={([what]) => what ?? ''}
        columns={[
          { key: 'what', wide: true, header: t('origin.what'), cell: ([what]) => what },
          {
            key: 'one',
            header: t('common.versionShort', { number: one.version.number }),
            cell: ([, value]) => value,
          },
          {
            key: 'other',
            header: t('common.versionShort', { number: other.version.number }),
            cell: ([, , value]) => value,
          },
        ]}
      />
    </Section>
  );
}

function both(one: WritingSide, other: WritingSide, of: (version: ModelVersion) => string): [string, string] {
  return [of(one.version), of(other.version)];
}
