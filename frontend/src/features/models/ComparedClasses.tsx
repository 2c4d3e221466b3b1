import type { Evaluation } from '~/api/types';
import { Breakable } from '~/components/Breakable';
import { DataTable } from '~/components/DataTable';
import { Section } from '~/components/Section';
import { signedPoints } from '~/components/signedPoints';
import { useI18n } from '~/i18n/I18nProvider';

interface Props {
  evaluation: Evaluation;
  otherEvaluation: Evaluation;
  one: string;
  other: string;
}

const SHOWN = 10;

/** The classes whose F1 changed the most between two versions with the same exam. */
export function ComparedClasses({ evaluation, otherEvaluation, one, other }: Props) {
  const { t, format } = useI18n();
  const before = new Map(otherEvaluation.per_class.map(({ label, f1 }) => [label, f1]));
  const changed = evaluation.per_class
    .map(({ label, f1, support }) => ({ label, f1, support, otherF1: before.get(label) ?? 0 }))
    .filter(({ f1, otherF1, support }) => support > 0 && f1 !== otherF1)
    .toSorted((a, b) => Math.abs(b.f1 - b.otherF1) - Math.abs(a.f1 - a.otherF1))
    .slice(0, SHOWN);
  if (changed.length === 0) return null;
  return (
    <Section title={t('compare.classes')} hint={t('compare.classesHint')}>
      <DataTable
        label={t('compare.classes')}
        rows={changed}
        rowKey={({ label }) => label}
        columns={[
          { key: 'label', header: t('model.class'), cell: ({ label }) => <Breakable text={label} /> },
          { key: 'one', header: one, numeric: true, cell: ({ f1 }) => format.percent(f1) },
          { key: 'other', header: other, numeric: true, cell: ({ otherF1 }) => format.percent(otherF1) },
          {
            key: 'difference',
            header: t('compare.difference'),
            numeric: true,
            cell: ({ f1, otherF1 }) => signedPoints(f1 - otherF1, format),
          },
          {
            key: 'rows',
            header: t('model.classRows'),
            numeric: true,
            cell: ({ support }) => format.number(support),
          },
        ]}
      />
    </Section>
  );
}
