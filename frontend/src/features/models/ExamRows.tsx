import { Group, NativeSelect, SegmentedControl, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ModelVersion } from '~/api/types';
import { EmptyNote } from '~/components/EmptyNote';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { ExamRowTable } from './ExamRowTable';
import { Pages } from './Pages';
import { rowsQuery } from './queries';
import { ANSWERS, type Answers, ORDERS, type Order, type RowsSearch, shownAnswers } from './search';
import { useVersionSearch } from './useVersionSearch';

interface Props {
  version: ModelVersion;
  /** The classes of the exam, which may be more than the model knows. */
  labels: string[];
}

/** The rows kept for the exam, by what they are, what was answered and how sure that was. */
export function ExamRows({ version, labels }: Props) {
  const { t } = useI18n();
  const [{ label, predicted, answers, order, page }, change] = useVersionSearch();
  const search = { label, predicted, answers, order, page };
  const rows = useQuery(rowsQuery(version.model_id, version.number, search));
  const title =
    label !== undefined && predicted !== undefined ? t('rows.ofCell', { label, predicted }) : t('rows.title');
  return (
    <Section title={title} hint={t('rows.hint', { dataset: version.dataset.name })}>
      <Filters
        search={search}
        labels={labels}
        onChange={(changed) => change({ ...changed, page: undefined })}
      />
      <QueryView query={rows} rows={8}>
        {({ data, total }) =>
          total === 0 ? (
            <EmptyNote text={shownAnswers(search) === 'wrong' ? t('rows.noMistakes') : t('rows.none')} />
          ) : (
            <Stack gap="xs">
              <ExamRowTable label={title} rows={data} />
              <Pages page={page ?? 1} total={total} onPage={(wanted) => change({ page: wanted })} />
            </Stack>
          )
        }
      </QueryView>
    </Section>
  );
}

interface FilterProps {
  search: RowsSearch;
  labels: string[];
  onChange: (changed: RowsSearch) => void;
}

function Filters({ search, labels, onChange }: FilterProps) {
  const { t } = useI18n();
  const classes = { data: labels, searchable: true, clearable: true, size: 'xs', w: 200 } as const;
  return (
    <Group gap="sm" align="flex-end">
      <SegmentedControl
        size="xs"
        aria-label={t('rows.which')}
        value={shownAnswers(search)}
        onChange={(value) => onChange({ answers: value as Answers })}
        data={ANSWERS.map((value) => ({ value, label: t(`answers.${value}`) }))}
      />
      <Select
        {...classes}
        label={t('matrix.truth')}
        placeholder={t('rows.anyClass')}
        value={search.label ?? null}
        onChange={(value) => onChange({ label: value ?? undefined })}
      />
      <Select
        {...classes}
        label={t('matrix.answer')}
        placeholder={t('rows.anyClass')}
        value={search.predicted ?? null}
        onChange={(value) => onChange({ predicted: value ?? undefined })}
      />
      <NativeSelect
        size="xs"
        label={t('rows.order')}
        value={search.order ?? 'most_sure'}
        onChange={({ currentTarget: { value } }) =>
          onChange({ order: value === 'most_sure' ? undefined : (value as Order) })
        }
        data={ORDERS.map((value) => ({ value, label: t(`order.${value}`) }))}
      />
    </Group>
  );
}
