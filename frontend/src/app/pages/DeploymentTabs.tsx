import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Deployment } from '~/api/types';
import { TabStrip } from '~/components/TabStrip';
import { sessionQuery, useCreateApiKey } from '~/features/account/queries';
import { CallExamples } from '~/features/deployments/CallExamples';
import type { Input } from '~/features/deployments/examples';
import { Playground } from '~/features/deployments/Playground';
import { usePlaygroundHistory } from '~/features/deployments/playgroundHistory';
import { type DeploymentSearch, type DeploymentTab, TABS } from '~/features/deployments/search';
import { useI18n } from '~/i18n/I18nProvider';

const BatchPanel = lazy(async () => ({
  default: (await import('~/features/deployments/BatchPanel')).BatchPanel,
}));
const TrafficPanel = lazy(async () => ({
  default: (await import('~/features/deployments/TrafficPanel')).TrafficPanel,
}));
const HistoryPanel = lazy(async () => ({
  default: (await import('~/features/deployments/HistoryPanel')).HistoryPanel,
}));

/** The parts of a deployment's page; which one is open stands in the address. */
export function DeploymentTabs({ deployment, tries }: { deployment: Deployment; tries: number }) {
  const { t } = useI18n();
  const search = useSearch({ from: '/shell/deployments/$name' });
  const navigate = useNavigate({ from: '/deployments/$name' });
  const { tab = 'playground', language = 'curl', period = 'hour' } = search;
  const change = (changed: DeploymentSearch) =>
    navigate({ search: (before) => ({ ...before, ...changed }), replace: true });
  const open = (wanted: string | null) =>
    navigate({
      search: (before) => ({
        ...before,
        tab: wanted === 'playground' ? undefined : (wanted as DeploymentSearch['tab']),
      }),
    });
  const key = useCreateApiKey();
  const admin = useQuery(sessionQuery).data?.scopes.includes('admin');
  const panels: Record<DeploymentTab, React.ReactNode> = {
    playground: <Playground deployment={deployment} focus={tries} />,
    code: (
      <CallExamples
        call={{ deployment, input: useSample(deployment), apiKey: key.data?.key }}
        language={language}
        onLanguage={(chosen) => change({ language: chosen === 'curl' ? undefined : chosen })}
        makeKey={
          admin
            ? {
                run: () =>
                  key.mutate({ name: t('code.keyName', { name: deployment.name }), scopes: ['predict'] }),
                pending: key.isPending,
                error: key.error,
              }
            : undefined
        }
      />
    ),
    batch: <BatchPanel deployment={deployment} />,
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
          <Suspense>{panels[name]}</Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

/** What the snippets ask: the last question of the playground, else an example. */
function useSample({ id, text_columns: columns }: Deployment): Input {
  const { t } = useI18n();
  const { entries } = usePlaygroundHistory(id);
  if (entries[0]) return entries[0].input;
  if (columns.length <= 1) return t('playground.example');
  const last = columns.length - 1;
  return Object.fromEntries(
    columns.map((name, place) => [
      name,
      t(place === last ? 'playground.example' : 'playground.exampleShort'),
    ]),
  );
}
