import { Alert, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Deployment } from '~/api/types';
import { JobFailure } from '~/components/JobFailure';
import { PageHeader } from '~/components/PageHeader';
import { PageView } from '~/components/PageView';
import { QueryView } from '~/components/QueryView';
import { StatusBadge } from '~/components/StatusBadge';
import { Address } from '~/features/deployments/Address';
import { deploymentQuery } from '~/features/deployments/queries';
import { RouteList } from '~/features/deployments/RouteList';
import { versionByIdQuery } from '~/features/models/queries';
import { useI18n } from '~/i18n/I18nProvider';
import { DeploymentTabs } from './DeploymentTabs';

export function DeploymentPage() {
  const { name } = useParams({ from: '/shell/deployments/$name' });
  const deployment = useQuery(deploymentQuery(name));
  const { t } = useI18n();
  return (
    <PageView query={deployment} crumbs={[{ label: t('nav.deployments'), to: '/deployments' }]}>
      {(found) => <Found key={found.id} deployment={found} />}
    </PageView>
  );
}

function Found({ deployment }: { deployment: Deployment }) {
  const { t } = useI18n();
  const navigate = useNavigate({ from: '/deployments/$name' });
  const version = useQuery(versionByIdQuery(deployment.routes[0]?.model_version_id ?? ''));
  const writes = version.data?.task === 'text_generation';
  const [tries, setTries] = useState(0);
  const checking = deployment.revision !== deployment.newest_revision && !deployment.error;
  const tryIt = () => {
    void navigate({ search: (before) => ({ ...before, tab: undefined }) });
    setTries((before) => before + 1);
  };
  return (
    <>
      <PageHeader
        title={deployment.name}
        crumbs={[{ label: t('nav.deployments'), to: '/deployments' }]}
        badge={<StatusBadge status={deployment.status} />}
        id={deployment.id}
        facts={<RouteList routes={deployment.routes} />}
        action={<Button onClick={tryIt}>{t('playground.title')}</Button>}
      />
      <Address url={writes ? `${deployment.urls.openai}/chat/completions` : deployment.urls.predict} />
      {deployment.error && <JobFailure title={t('deployments.failed')} failure={deployment.error} />}
      {checking && (
        <Alert color="blue" mt="md" role="status">
          {t(deployment.revision === null ? 'deployments.checking' : 'deployments.checkingNext')}
        </Alert>
      )}
      <QueryView query={version} rows={6}>
        {(found) => <DeploymentTabs deployment={deployment} version={found} tries={tries} />}
      </QueryView>
    </>
  );
}
