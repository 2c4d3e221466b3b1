import type { EvaluationRow } from '~/api/types';
import { Breakable } from '~/components/Breakable';
import { DataTable } from '~/components/DataTable';
import { useI18n } from '~/i18n/I18nProvider';
import { Answer } from './Answer';
import { LongText } from './LongText';

/** Rows kept for the exam: the text, the truth, and what the model answered. */
export function ExamRowTable({ label, rows }: { label: string; rows: EvaluationRow[] }) {
  const { t, format } = useI18n();
  return (
    <DataTable
      label={label}
      rows={rows}
      rowKey={({ row }) => row}
      columns={[
        { key: 'row', header: t('datasets.row'), numeric: true, cell: ({ row }) => format.number(row) },
        { key: 'text', header: t('rows.text'), wide: true, cell: ({ text }) => <LongText text={text} /> },
        { key: 'truth', header: t('matrix.truth'), cell: ({ label: truth }) => <Breakable text={truth} /> },
        {
          key: 'answer',
          header: t('matrix.answer'),
          cell: (row) => <Answer answer={row.predicted} right={row.predicted === row.label} />,
        },
        {
          key: 'score',
          header: t('rows.score'),
          numeric: true,
          cell: ({ score }) => format.percent(score),
        },
      ]}
    />
  );
}
