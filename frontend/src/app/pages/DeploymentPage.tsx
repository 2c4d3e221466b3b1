import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Deployment } from '~/api/types';
import { JobFailure } from '~/components/JobFailure';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { StatusBadge } from '~/components/StatusBadge';
import { CallExamples } from '~/features/deployments/CallExamples';
import { Playground } from '~/features/deployments/Playground';
import { deploymentQuery } from '~/features/deployments/queries';
import { RouteList } from '~/features/deployments/RouteList';
import { useI18n } from '~/i18n/I18nProvider';

export function DeploymentPage() {
  const { name } = useParams({ from: '/shell/deployments/$name' });
  const deployment = useQuery(deploymentQuery(name));
  return <QueryView query={deployment}>{(found) => <Found key={found.id} deployment={found} />}</QueryView>;
}

function Found({ deployment }: { deployment: Deployment }) {
  const { t } = useI18n();
  const checking = deployment.revision !== deployment.newest_revision && !deployment.error;
  return (
    <>
      <PageHeader
        title={deployment.name}
        crumbs={[{ label: t('nav.deployments'), to: '/deployments' }]}
        badge={<StatusBadge status={deployment.status} />}
        id={deployment.id}
        facts={<RouteList routes={deployment.routes} />}
      />
      {deployment.error && <JobFailure title={t('deployments.failed')} failure={deployment.error} />}
      {checking && (
        <Alert color="blue" mb="lg">
          {t('deployments.checking')}
        </Alert>
      )}
      <Section title={t('playground.title')}>
        <Playground name={deployment.name} enabled={deployment.revision !== null} />
      </Section>
      <Section title={t('code.title')} hint={t('code.hint')}>
        <CallExamples deployment={deployment} />
      </Section>
    </>
  );
}
