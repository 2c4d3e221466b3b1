import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Evaluation, ModelVersion } from '~/api/types';
import { Ago } from '~/components/Ago';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { DeployPanel } from '~/features/deployments/DeployPanel';
import { BaselineBars } from '~/features/models/BaselineBars';
import { ClassTable } from '~/features/models/ClassTable';
import { Origin } from '~/features/models/Origin';
import { evaluationQuery, versionQuery } from '~/features/models/queries';
import { VerdictNote } from '~/features/models/VerdictNote';
import { useI18n } from '~/i18n/I18nProvider';

export function ModelVersionPage() {
  const { modelId, number } = useParams({ from: '/shell/models/$modelId/versions/$number' });
  const version = useQuery(versionQuery(modelId, Number(number)));
  return <QueryView query={version}>{(found) => <Found key={found.id} version={found} />}</QueryView>;
}

function Found({ version }: { version: ModelVersion }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const [deploying, setDeploying] = useState(false);
  const evaluation = useQuery(evaluationQuery(version.model_id, version.number));
  const { model_name: name, number } = version;
  return (
    <>
      <PageHeader
        title={`${name} ${t('common.versionShort', { number })}`}
        crumbs={[{ label: t('nav.models'), to: '/models' }]}
        id={version.id}
        facts={<Ago time={version.created_at} />}
        action={!deploying && <Button onClick={() => setDeploying(true)}>{t('deploy.open')}</Button>}
      />
      {deploying && (
        <DeployPanel
          modelVersionId={version.id}
          modelName={name}
          onDeployed={(made) => navigate({ to: '/deployments/$name', params: { name: made } })}
          onClose={() => setDeploying(false)}
        />
      )}
      <QueryView query={evaluation} rows={8}>
        {(found) => <Evaluated evaluation={found} />}
      </QueryView>
      <Section title={t('origin.title')} aside={<Downloads version={version} />}>
        <Origin version={version} />
      </Section>
    </>
  );
}

function Evaluated({ evaluation }: { evaluation: Evaluation }) {
  const { t } = useI18n();
  return (
    <>
      <VerdictNote evaluation={evaluation} />
      <Section title={t('model.baselines')} hint={t('model.baselinesHint')}>
        <BaselineBars evaluation={evaluation} />
      </Section>
      <Section title={t('model.perClass')} hint={t('model.perClassHint')}>
        <ClassTable classes={evaluation.per_class} />
      </Section>
    </>
  );
}

function Downloads({ version }: { version: ModelVersion }) {
  const { t } = useI18n();
  const path = `/api/v1/models/${version.model_id}/versions/${version.number}/download`;
  return (
    <Group gap="xs">
      {(['transformers', 'onnx'] as const).map((format) => (
        <Button key={format} component="a" href={`${path}?format=${format}`} size="xs" variant="default">
          {t(`download.${format}`)}
        </Button>
      ))}
    </Group>
  );
}
