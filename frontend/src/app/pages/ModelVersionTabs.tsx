import { Tabs } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Evaluation, ModelVersion } from '~/api/types';
import { Waiting } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { TabStrip } from '~/components/TabStrip';
import { Downloads } from '~/features/models/Downloads';
import { ExamRows } from '~/features/models/ExamRows';
import { Lineage } from '~/features/models/Lineage';
import { ModelQuality } from '~/features/models/ModelQuality';
import { Origin } from '~/features/models/Origin';
import { TABS, type Tab } from '~/features/models/search';
import { useVersionSearch } from '~/features/models/useVersionSearch';
import { VersionTable } from '~/features/models/VersionTable';
import { useI18n } from '~/i18n/I18nProvider';

const ModelCard = lazy(async () => ({ default: (await import('~/features/models/ModelCard')).ModelCard }));

interface Props {
  version: ModelVersion;
  evaluation: Evaluation;
}

/** Everything about a version beneath its verdict; each tab has an address. */
export function ModelVersionTabs({ version, evaluation }: Props) {
  const { t } = useI18n();
  const [{ tab = 'quality' }, change] = useVersionSearch();
  const content: Record<Tab, ReactNode> = {
    quality: <ModelQuality version={version} evaluation={evaluation} />,
    rows: <ExamRows version={version} labels={evaluation.labels} />,
    origin: (
      <>
        <Section title={t('lineage.title')} hint={t('lineage.hint')}>
          <Lineage version={version} />
        </Section>
        <Section title={t('origin.title')}>
          <Origin version={version} />
        </Section>
      </>
    ),
    card: (
      <>
        <Section title={t('download.title')}>
          <Downloads version={version} />
        </Section>
        <Section title={t('card.title')} hint={t('card.hint')}>
          <ModelCard version={version} />
        </Section>
      </>
    ),
    versions: (
      <Section title={t('versions.title')} hint={t('versions.hint')}>
        <VersionTable version={version} />
      </Section>
    ),
  };
  return (
    <Tabs
      value={tab}
      onChange={(value) => change({ tab: value === 'quality' ? undefined : (value as Tab) })}
      keepMounted={false}
    >
      <TabStrip names={TABS} active={tab} words={(name) => t(`modelTab.${name}`)} />
      {TABS.map((name) => (
        <Tabs.Panel key={name} value={name}>
          <Suspense fallback={<Waiting rows={12} />}>{content[name]}</Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
