import { Button, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { ModelVersion } from '~/api/types';
import { Ago } from '~/components/Ago';
import { PageHeader } from '~/components/PageHeader';
import { PageView } from '~/components/PageView';
import { QueryView } from '~/components/QueryView';
import { DeployPanel } from '~/features/deployments/DeployPanel';
import { DeletePanel } from '~/features/models/DeletePanel';
import { ModelMenu } from '~/features/models/ModelMenu';
import { evaluationQuery, useRenameModel, versionQuery } from '~/features/models/queries';
import { VerdictNote } from '~/features/models/VerdictNote';
import { useI18n } from '~/i18n/I18nProvider';
import { ModelVersionTabs } from './ModelVersionTabs';

const LONGEST_NAME = 120;

type Panel = 'deploy' | 'delete' | null;

export function ModelVersionPage() {
  const { modelId, number } = useParams({ from: '/shell/models/$modelId/versions/$number' });
  const version = useQuery(versionQuery(modelId, Number(number)));
  const { t } = useI18n();
  return (
    <PageView query={version} crumbs={[{ label: t('nav.models'), to: '/models' }]}>
      {(found) => <Found key={found.id} version={found} />}
    </PageView>
  );
}

function Found({ version }: { version: ModelVersion }) {
  const { t } = useI18n();
  const [panel, setPanel] = useState<Panel>(null);
  const rename = useRenameModel(version.model_id);
  const evaluation = useQuery(evaluationQuery(version.model_id, version.number));
  const { model_name: name, number } = version;
  return (
    <>
      <PageHeader
        title={name}
        suffix={t('common.versionShort', { number })}
        onRename={rename.mutateAsync}
        longestName={LONGEST_NAME}
        crumbs={[{ label: t('nav.models'), to: '/models' }]}
        id={version.id}
        facts={<Ago time={version.created_at} />}
        action={
          <Group gap="xs" wrap="nowrap">
            <ModelMenu onDelete={() => setPanel('delete')} />
            {panel !== 'deploy' && <Button onClick={() => setPanel('deploy')}>{t('deploy.open')}</Button>}
          </Group>
        }
      />
      <OpenPanel panel={panel} version={version} onClose={() => setPanel(null)} />
      <QueryView query={evaluation} rows={8}>
        {(found) => (
          <Stack gap={0}>
            <VerdictNote evaluation={found} />
            <ModelVersionTabs version={version} evaluation={found} />
          </Stack>
        )}
      </QueryView>
    </>
  );
}

interface PanelProps {
  panel: Panel;
  version: ModelVersion;
  onClose: () => void;
}

function OpenPanel({ panel, version, onClose }: PanelProps) {
  const navigate = useNavigate();
  if (panel === 'delete') {
    return <DeletePanel version={version} onDeleted={() => navigate({ to: '/models' })} onClose={onClose} />;
  }
  if (panel === null) return null;
  return (
    <DeployPanel
      modelVersionId={version.id}
      modelName={version.model_name}
      onDeployed={(made) => navigate({ to: '/deployments/$name', params: { name: made } })}
      onClose={onClose}
    />
  );
}
