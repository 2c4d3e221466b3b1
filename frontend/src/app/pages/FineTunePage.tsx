import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Dataset } from '~/api/types';
import { PageView } from '~/components/PageView';
import { datasetQuery, versionQuery } from '~/features/datasets/queries';
import type { Choices } from '~/features/fine-tuning/choices';
import { FineTuneForm } from '~/features/fine-tuning/FineTuneForm';
import { useI18n } from '~/i18n/I18nProvider';

const ROUTE = '/shell/datasets/$datasetId/fine-tune';

export function FineTunePage() {
  const { datasetId } = useParams({ from: ROUTE });
  const dataset = useQuery(datasetQuery(datasetId));
  const { t } = useI18n();
  return (
    <PageView query={dataset} crumbs={[{ label: t('nav.datasets'), to: '/datasets' }]}>
      {(found) => <Found key={found.id} dataset={found} />}
    </PageView>
  );
}

function Found({ dataset }: { dataset: Dataset }) {
  const { t } = useI18n();
  const choices = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: '/datasets/$datasetId/fine-tune' });
  const number = choices.version ?? dataset.latest_version ?? 0;
  const version = useQuery({ ...versionQuery(dataset.id, number), enabled: number > 0 });
  const crumbs = [
    { label: t('nav.datasets'), to: '/datasets' },
    { label: dataset.name, to: `/datasets/${dataset.id}` },
  ];
  const choose = (changed: Choices) =>
    navigate({ search: (before) => ({ ...before, ...changed }), replace: true, resetScroll: false });
  return (
    <PageView query={version} crumbs={crumbs}>
      {(found) => (
        <FineTuneForm
          key={found.id}
          datasetName={dataset.name}
          crumbs={crumbs}
          version={found}
          choices={choices}
          onChoose={choose}
          onStarted={({ id }) => navigate({ to: '/jobs/$jobId', params: { jobId: id } })}
        />
      )}
    </PageView>
  );
}
