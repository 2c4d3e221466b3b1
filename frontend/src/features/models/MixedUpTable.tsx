import type { Evaluation } from '~/api/types';
import { Breakable } from '~/components/Breakable';
import { DataTable } from '~/components/DataTable';
import { EmptyNote } from '~/components/EmptyNote';
import { TextLink } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';
import { mixedUp } from './confusion';

const SHOWN = 6;

/** The pairs of classes with the most mistakes; each opens its rows. */
export function MixedUpTable({ evaluation }: { evaluation: Evaluation }) {
  const { t, format } = useI18n();
  const pairs = mixedUp(evaluation).slice(0, SHOWN);
  if (pairs.length === 0) return <EmptyNote text={t('rows.noMistakes')} />;
  return (
    <DataTable
      label={t('matrix.mixedUp')}
      rows={pairs}
      rowKey={({ label, predicted }) => `${label}\n${predicted}`}
      columns={[
        {
          key: 'rows',
          header: t('model.classRows'),
          cell: ({ label, predicted, count }) => (
            <TextLink
              from="/models/$modelId/versions/$number"
              to="."
              search={{ tab: 'rows', label, predicted }}
              fz="sm"
              aria-label={t('matrix.cell', { label, predicted, count })}
            >
              {format.number(count)}
            </TextLink>
          ),
        },
        { key: 'truth', header: t('matrix.truth'), cell: ({ label }) => <Breakable text={label} /> },
        {
          key: 'answer',
          header: t('matrix.answer'),
          cell: ({ predicted }) => <Breakable text={predicted} />,
        },
        {
          key: 'share',
          header: t('matrix.share'),
          numeric: true,
          cell: ({ share }) => format.percent(share),
        },
      ]}
    />
  );
}
