import type { GenerationEvaluation } from '~/api/types';
import { DataTable } from '~/components/DataTable';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';

type Baseline = GenerationEvaluation['baselines'][number];
type Way = Pick<Baseline, 'answers' | 'likelihood'> & { label: string };

/** How a model that writes does beside the untuned one and beside copying, on the same rows. */
export function WritingScores({ evaluation }: { evaluation: GenerationEvaluation }) {
  const { t, format } = useI18n();
  const { scored_rows: scored, answered_rows: answered, rows, memorisation } = evaluation;
  const ways: Way[] = [
    { label: t('model.thisVersion'), answers: evaluation.answers, likelihood: evaluation.likelihood },
    ...evaluation.baselines.map((baseline) => ({ ...baseline, label: t(`baseline.${baseline.kind}`) })),
  ];
  return (
    <Section
      title={t('writing.title')}
      hint={t('writing.hint', {
        scored,
        answered,
        rows,
        known: memorisation.expected,
        repeated: memorisation.answers,
      })}
    >
      <DataTable
        label={t('writing.title')}
        rows={ways}
        rowKey={({ label }) => label}
        columns={[
          { key: 'way', header: t('model.way'), cell: ({ label }) => label },
          {
            key: 'perplexity',
            header: t('metric.perplexity'),
            numeric: true,
            cell: ({ likelihood }) => likelihood && format.number(likelihood.perplexity.value, 2),
          },
          {
            key: 'token_accuracy',
            header: t('metric.token_accuracy'),
            numeric: true,
            cell: ({ likelihood }) => likelihood && format.percent(likelihood.token_accuracy),
          },
          {
            key: 'chrf',
            header: t('metric.chrf'),
            numeric: true,
            cell: ({ answers: { chrf } }) =>
              `${format.number(chrf.value, 1)} (${format.number(chrf.low, 1)}–${format.number(chrf.high, 1)})`,
          },
          {
            key: 'rouge_l',
            header: t('metric.rouge_l'),
            numeric: true,
            cell: ({ answers }) => format.number(answers.rouge_l.value, 1),
          },
          {
            key: 'exact_match',
            header: t('metric.exact_match'),
            numeric: true,
            cell: ({ answers }) => format.percent(answers.exact_match.value),
          },
        ]}
      />
    </Section>
  );
}
