import { Code } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { DataTable } from '~/components/DataTable';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { rejectsQuery } from './queries';

/** Lines of the file that could not be read as rows, and why. */
export function RejectTable({ datasetId, number }: { datasetId: string; number: number }) {
  const { t, format } = useI18n();
  return (
    <QueryView query={useQuery(rejectsQuery(datasetId, number))}>
      {({ rejects }) => (
        <DataTable
          label={t('datasets.rejects')}
          rows={rejects}
          rowKey={({ line }) => line}
          columns={[
            {
              key: 'line',
              header: t('datasets.line'),
              numeric: true,
              cell: ({ line }) => format.number(line),
            },
            { key: 'reason', header: t('datasets.reason'), wide: true, cell: ({ reason }) => reason },
            { key: 'raw', header: t('datasets.rawLine'), wide: true, cell: ({ raw }) => <Code>{raw}</Code> },
          ]}
        />
      )}
    </QueryView>
  );
}
