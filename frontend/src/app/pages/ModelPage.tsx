import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { QueryView } from '~/components/QueryView';
import { modelQuery } from '~/features/models/queries';

/** A model's address leads to its newest version. */
export function ModelPage() {
  const { modelId } = useParams({ from: '/shell/models/$modelId' });
  return (
    <QueryView query={useQuery(modelQuery(modelId))}>
      {({ latest_version: { number } }) => (
        <Navigate
          to="/models/$modelId/versions/$number"
          params={{ modelId, number: String(number) }}
          replace
        />
      )}
    </QueryView>
  );
}
