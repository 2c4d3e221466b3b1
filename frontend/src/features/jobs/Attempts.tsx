import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Attempt, Job } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { endingText } from './endingText';
import { attemptsQuery } from './queries';

/** What happened, attempt by attempt: when, where, and how each ended. */
export function Attempts({ job }: { job: Job }) {
  const { t } = useI18n();
  const attempts = useQuery({ ...attemptsQuery(job), enabled: job.attempt > 0 });
  if (job.attempt === 0) return null;
  return (
    <Section title={t('attempts.title')} hint={t('attempts.hint')}>
      <QueryView query={attempts} rows={2}>
        {({ data }) => <AttemptTable attempts={data} />}
      </QueryView>
    </Section>
  );
}

function AttemptTable({ attempts }: { attempts: Attempt[] }) {
  const { t, say, format } = useI18n();
  return (
    <DataTable
      label={t('attempts.title')}
      rows={attempts}
      rowKey={({ attempt }) => attempt}
      columns={[
        { key: 'attempt', header: t('attempts.number'), cell: ({ attempt }) => attempt },
        { key: 'began', header: t('attempts.began'), cell: (item) => <Ago time={item.started_at} /> },
        {
          key: 'took',
          header: t('attempts.took'),
          cell: (item) => item.finished_at && format.duration(secondsOf(item.started_at, item.finished_at)),
        },
        {
          key: 'machine',
          header: t('attempts.machine'),
          cell: ({ host, worker }) => (
            <Text fz="sm" title={worker}>
              {host}
            </Text>
          ),
        },
        {
          key: 'ending',
          header: t('attempts.ending'),
          wide: true,
          cell: ({ error, ...item }) =>
            [
              item.continued_from_step !== null && t('job.continued', { step: item.continued_from_step }),
              endingText(item, t),
              error && say(`error.${error.code}`, error.message, error.details),
            ]
              .filter(Boolean)
              .join(' '),
        },
      ]}
    />
  );
}

function secondsOf(start: string, end: string): number {
  return (Date.parse(end) - Date.parse(start)) / 1000;
}
