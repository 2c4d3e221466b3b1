import { Button, Stack, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { ClassMetrics } from '~/api/types';
import { Breakable } from '~/components/Breakable';
import { type Column, DataTable } from '~/components/DataTable';
import { TextLink } from '~/components/LinkButton';
import { Gloss } from '~/components/Term';
import { useI18n } from '~/i18n/I18nProvider';
import type { Translate } from '~/i18n/translate';
import classes from './ClassTable.module.css';
import { isSortKey, type SortKey, sortedClasses } from './classOrder';
import { useVersionSearch } from './useVersionSearch';

const SHOWN = 12;
const HEADERS = {
  label: 'model.class',
  f1: 'metric.f1',
  precision: 'metric.precision',
  recall: 'metric.recall',
  support: 'model.classRows',
} as const satisfies Record<SortKey, Parameters<Translate>[0]>;

/** How good it is at each class, the weakest first unless asked otherwise. */
export function ClassTable({ classes: found }: { classes: ClassMetrics[] }) {
  const { t } = useI18n();
  const [search] = useVersionSearch();
  const [all, setAll] = useState(false);
  const sorted = sortedClasses(found, search.sort);
  const shown = all || found.length <= SHOWN * 1.5 ? sorted : sorted.slice(0, SHOWN);
  return (
    <Stack gap="xs" align="stretch">
      <DataTable
        label={t('model.perClass')}
        rows={shown}
        rowKey={({ label }) => label}
        columns={useColumns(search.sort)}
      />
      {shown.length < found.length && (
        <Button variant="default" size="xs" onClick={() => setAll(true)}>
          {t('model.allClasses', { count: found.length })}
        </Button>
      )}
    </Stack>
  );
}

function useColumns(sort: string | undefined): Column<ClassMetrics>[] {
  const { t, format } = useI18n();
  const key = sort?.replace('-', '') ?? 'f1';
  const column = (name: SortKey, cell: Column<ClassMetrics>['cell']): Column<ClassMetrics> => ({
    key: name,
    header: <SortButton by={name} sort={sort ?? 'f1'} />,
    sorted: isSortKey(key) && key === name ? (sort?.startsWith('-') ? 'descending' : 'ascending') : undefined,
    numeric: name !== 'label',
    cell,
  });
  const measured = (name: 'f1' | 'precision' | 'recall') =>
    column(name, (row) => (row.support > 0 ? format.percent(row[name]) : '–'));
  return [
    column('label', ({ label }) => <RowsLink label={label} />),
    measured('f1'),
    measured('precision'),
    measured('recall'),
    column('support', ({ support }) => format.number(support)),
    {
      key: 'confused',
      header: t('model.confused'),
      cell: ({ label, most_confused_with: other }) => other && <RowsLink label={label} predicted={other} />,
    },
  ];
}

function SortButton({ by, sort }: { by: SortKey; sort: string }) {
  const { t } = useI18n();
  const [, change] = useVersionSearch();
  const Arrow = sort.startsWith('-') ? IconArrowDown : IconArrowUp;
  const button = (
    <UnstyledButton
      className={classes.sort}
      onClick={() => change({ sort: sort === by ? `-${by}` : by === 'f1' ? undefined : by })}
    >
      {t(HEADERS[by])}
      {sort.replace('-', '') === by && <Arrow size={12} aria-hidden="true" />}
    </UnstyledButton>
  );
  if (by === 'label' || by === 'support') return button;
  return <Gloss text={t(`gloss.${by}`)}>{button}</Gloss>;
}

/** The exam's rows of a class, or of those the ones that were answered with another. */
function RowsLink({ label, predicted }: { label: string; predicted?: string }) {
  return (
    <TextLink
      from="/models/$modelId/versions/$number"
      to="."
      search={{ tab: 'rows', label, predicted }}
      fz="sm"
    >
      <Breakable text={predicted ?? label} />
    </TextLink>
  );
}
