import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Deployment, ModelVersion } from '~/api/types';
import { Waiting } from '~/components/QueryView';
import { TabStrip } from '~/components/TabStrip';
import { Playground } from '~/features/deployments/Playground';
import { type DeploymentSearch, type DeploymentTab, TABS } from '~/features/deployments/search';
import { useI18n } from '~/i18n/I18nProvider';
import { answerLengthOf, taughtOf } from '../writing';
import { ClassifierCode, WriterCode } from './DeploymentCode';

const ChatPlayground = lazy(() => import('~/features/chat/ChatPlayground'));
const BatchPanel = lazy(async () => ({
  default: (await import('~/features/deployments/BatchPanel')).BatchPanel,
}));
const TrafficPanel = lazy(async () => ({
  default: (await import('~/features/deployments/TrafficPanel')).TrafficPanel,
}));
const HistoryPanel = lazy(async () => ({
  default: (await import('~/features/deployments/HistoryPanel')).HistoryPanel,
}));

interface Props {
  deployment: Deployment;
  /** What answers there; of several versions one, they are all of the same task. */
  version: ModelVersion;
  tries: number;
}

/** The parts of a deployment's page; which one is open stands in the address. */
export function DeploymentTabs({ deployment, version, tries }: Props) {
  const { t } = useI18n();
  const search = useSearch({ from: '/shell/deployments/$name' });
  const navigate = useNavigate({ from: '/deployments/$name' });
  const { tab = 'playground', period = 'hour' } = search;
  const writes = version.task === 'text_generation';
  const taught = taughtOf(version);
  const change = (changed: DeploymentSearch) =>
    navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const open = (wanted: string | null) =>
    navigate({
      search: (before) => ({
        ...before,
        tab: wanted === 'playground' ? undefined : (wanted as DeploymentSearch['tab']),
      }),
    });
  const panels: Record<DeploymentTab, ReactNode> = {
    playground: writes ? (
      <ChatPlayground deployment={deployment} base={version.base_model.id} taught={taught} focus={tries} />
    ) : (
      <Playground deployment={deployment} focus={tries} />
    ),
    code: writes ? (
      <WriterCode deployment={deployment} template={taught.template} />
    ) : (
      <ClassifierCode deployment={deployment} />
    ),
    batch: <BatchPanel deployment={deployment} usualLength={answerLengthOf(version)} />,
    traffic: (
      <TrafficPanel
        name={deployment.name}
        period={period}
        onPeriod={(chosen) => change({ period: chosen === 'hour' ? undefined : chosen })}
      />
    ),
    history: <HistoryPanel deployment={deployment} onDeleted={() => navigate({ to: '/deployments' })} />,
  };
  return (
    <Tabs value={tab} onChange={open} keepMounted={false} mt="lg">
      <TabStrip names={TABS} active={tab} words={(name) => t(`deploymentTab.${name}`)} />
      {TABS.map((name) => (
        <Tabs.Panel key={name} value={name}>
          <Suspense fallback={<Waiting rows={6} />}>{panels[name]}</Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
