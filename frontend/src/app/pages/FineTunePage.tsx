import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { Dataset } from '~/api/types';
import { QueryView } from '~/components/QueryView';
import { datasetQuery, versionQuery } from '~/features/datasets/queries';
import type { Choices } from '~/features/fine-tuning/choices';
import { FineTuneForm } from '~/features/fine-tuning/FineTuneForm';
import { useI18n } from '~/i18n/I18nProvider';

const ROUTE = '/shell/datasets/$datasetId/fine-tune';

export function FineTunePage() {
  const { datasetId } = useParams({ from: ROUTE });
  const dataset = useQuery(datasetQuery(datasetId));
  return <QueryView query={dataset}>{(found) => <Found key={found.id} dataset={found} />}</QueryView>;
}

function Found({ dataset }: { dataset: Dataset }) {
  const { t } = useI18n();
  const choices = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: '/datasets/$datasetId/fine-tune' });
  const number = choices.version ?? dataset.latest_version ?? 0;
  const version = useQuery({ ...versionQuery(dataset.id, number), enabled: number > 0 });
  const choose = (changed: Choices) =>
    navigate({ search: (before) => ({ ...before, ...changed }), replace: true, resetScroll: false });
  return (
    <QueryView query={version} rows={10}>
      {(found) => (
        <FineTuneForm
          key={found.id}
          datasetName={dataset.name}
          crumbs={[
            { label: t('nav.datasets'), to: '/datasets' },
            { label: dataset.name, to: `/datasets/${dataset.id}` },
          ]}
          version={found}
          choices={choices}
          onChoose={choose}
          onStarted={({ id }) => navigate({ to: '/jobs/$jobId', params: { jobId: id } })}
        />
      )}
    </QueryView>
  );
}
