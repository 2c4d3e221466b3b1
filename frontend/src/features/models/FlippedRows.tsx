import { SegmentedControl, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ComparedRow, Comparison } from '~/api/types';
import { Breakable } from '~/components/Breakable';
import { type Column, DataTable } from '~/components/DataTable';
import { EmptyNote } from '~/components/EmptyNote';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { Answer } from './Answer';
import { flippedRowsQuery, type Pair } from './comparisonQueries';
import { LongText } from './LongText';
import { Pages } from './Pages';
import { CHANGES, type Change } from './search';

interface Props {
  pair: Pair;
  comparison: Comparison;
  one: string;
  other: string;
}

/** The rows on which one version is right and the other wrong. */
export function FlippedRows({ pair, comparison, one, other }: Props) {
  const { t } = useI18n();
  const { change = 'fixed', page = 1 } = useSearch({
    from: '/shell/models/$modelId/versions/$number/compare/$other',
  });
  const navigate = useNavigate({ from: '/models/$modelId/versions/$number/compare/$other' });
  const rows = useQuery(flippedRowsQuery(pair, change, page));
  const show = (search: { change?: Change; page?: number }) =>
    void navigate({ search, replace: true, resetScroll: false });
  const columns = useColumns(one, other);
  return (
    <Section
      title={t('compare.flipped')}
      hint={t(`compare.${change}Hint`, { one, other })}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('compare.flipped')}
          value={change}
          onChange={(value) => show({ change: value as Change })}
          data={CHANGES.map((value) => ({
            value,
            label: t(`compare.${value}`, { count: comparison[value] }),
          }))}
        />
      }
    >
      <QueryView query={rows} rows={6}>
        {({ data, total }) =>
          total === 0 ? (
            <EmptyNote text={t('compare.none')} />
          ) : (
            <Stack gap="xs">
              <DataTable
                label={t('compare.flipped')}
                rows={data}
                rowKey={({ row }) => row}
                columns={columns}
              />
              <Pages page={page} total={total} onPage={(wanted) => show({ change, page: wanted })} />
            </Stack>
          )
        }
      </QueryView>
    </Section>
  );
}

function useColumns(one: string, other: string): Column<ComparedRow>[] {
  const { t, format } = useI18n();
  const sure = (score: number) => t('compare.sure', { percent: format.percent(score) });
  return [
    { key: 'row', header: t('datasets.row'), numeric: true, cell: ({ row }) => format.number(row) },
    { key: 'text', header: t('rows.text'), wide: true, cell: ({ text }) => <LongText text={text} /> },
    { key: 'truth', header: t('matrix.truth'), cell: ({ label }) => <Breakable text={label} /> },
    {
      key: 'one',
      header: one,
      cell: ({ label, predicted, score }) => (
        <Answer answer={predicted} right={predicted === label} note={sure(score)} />
      ),
    },
    {
      key: 'other',
      header: other,
      cell: ({ label, other_predicted: predicted, other_score: score }) => (
        <Answer answer={predicted} right={predicted === label} note={sure(score)} />
      ),
    },
  ];
}
