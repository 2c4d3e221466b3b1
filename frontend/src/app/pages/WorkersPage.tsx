import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { CodeSnippet } from '~/components/CodeSnippet';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { workersQuery } from '~/features/workers/queries';
import { WorkerTable } from '~/features/workers/WorkerTable';
import { useI18n } from '~/i18n/I18nProvider';

const START = 'tuneyard worker';

export function WorkersPage() {
  const { t } = useI18n();
  return (
    <>
      <PageHeader
        title={t('workers.title')}
        crumbs={[{ label: t('nav.settings'), to: '/settings' }]}
        facts={t('workers.hint')}
      />
      <QueryView query={useQuery(workersQuery)}>
        {({ data }) => (data.length === 0 ? <NoWorker /> : <WorkerTable workers={data} />)}
      </QueryView>
    </>
  );
}

function NoWorker() {
  const { t } = useI18n();
  return (
    <Stack gap="xs">
      <Text fz="sm">{t('workers.none')}</Text>
      <CodeSnippet code={START} />
    </Stack>
  );
}
