import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { EmptyNote } from '~/components/EmptyNote';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { DatasetTable } from '~/features/datasets/DatasetTable';
import { datasetsQuery } from '~/features/datasets/queries';
import { UploadZone } from '~/features/datasets/UploadZone';
import { useI18n } from '~/i18n/I18nProvider';

export function DatasetsPage() {
  const { t } = useI18n();
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={t('nav.datasets')} />
      <Section title={t('datasets.add')}>
        <UploadZone
          onUploaded={({ id }) => navigate({ to: '/datasets/$datasetId', params: { datasetId: id } })}
        />
      </Section>
      <Section title={t('datasets.all')}>
        <QueryView query={useQuery(datasetsQuery())}>
          {({ data }) =>
            data.length === 0 ? <EmptyNote text={t('datasets.none')} /> : <DatasetTable datasets={data} />
          }
        </QueryView>
      </Section>
    </>
  );
}
