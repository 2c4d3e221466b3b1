import type { Job } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { TextLink } from '~/components/LinkButton';
import { StatusBadge } from '~/components/StatusBadge';
import { useI18n } from '~/i18n/I18nProvider';
import { isOver } from './queries';
import { queueWords } from './queueWords';

export function JobTable({ jobs }: { jobs: Job[] }) {
  const { t } = useI18n();
  return (
    <DataTable
      label={t('nav.jobs')}
      rows={jobs}
      rowKey={(job) => job.id}
      columns={[
        {
          key: 'name',
          header: t('common.name'),
          cell: (job) => (
            <TextLink to="/jobs/$jobId" params={{ jobId: job.id }} fz="sm" fw={500}>
              {job.name}
            </TextLink>
          ),
        },
        { key: 'kind', minor: true, header: t('job.kind'), cell: (job) => t(`jobKind.${job.kind}`) },
        { key: 'status', header: t('common.status'), cell: (job) => <StatusBadge status={job.status} /> },
        {
          key: 'progress',
          header: t('job.progress'),
          numeric: true,
          cell: (job) => <HowFar job={job} />,
        },
        {
          key: 'created',
          minor: true,
          header: t('common.created'),
          cell: (job) => <Ago time={job.created_at} />,
        },
      ]}
    />
  );
}

function HowFar({ job }: { job: Job }) {
  const { t, format } = useI18n();
  const words = queueWords(job, t, format);
  if (isOver(job.status)) return null;
  if (words.length === 0) return format.percent(job.progress?.fraction ?? 0, 0);
  return words.map((line) => <div key={line}>{line}</div>);
}
