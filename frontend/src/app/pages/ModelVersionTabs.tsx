import { Tabs } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import type { Evaluation, GenerationEvaluation, ModelVersion } from '~/api/types';
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

const WritingQuality = lazy(() => import('~/features/models/WritingQuality'));
const WrittenAnswers = lazy(() => import('~/features/models/WrittenAnswers'));
const ModelCard = lazy(async () => ({ default: (await import('~/features/models/ModelCard')).ModelCard }));

interface Props {
  version: ModelVersion;
  evaluation: Evaluation | GenerationEvaluation;
}

/** Everything about a version beneath its verdict; each tab has an address. */
export function ModelVersionTabs({ version, evaluation }: Props) {
  const { t } = useI18n();
  const [{ tab = 'quality' }, change] = useVersionSearch();
  const content: Partial<Record<Tab, ReactNode>> = {
    ...exam(version, evaluation),
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
  const tabs = TABS.filter((name) => content[name]);
  const open = tabs.includes(tab) ? tab : 'quality';
  return (
    <Tabs
      value={open}
      onChange={(value) => change({ tab: value === 'quality' ? undefined : (value as Tab) })}
      keepMounted={false}
    >
      <TabStrip names={tabs} active={open} words={(name) => t(`modelTab.${name}`)} />
      {tabs.map((name) => (
        <Tabs.Panel key={name} value={name}>
          <Suspense fallback={<Waiting rows={12} />}>{content[name]}</Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

/** What the exam came to, by what was examined. */
function exam(
  version: ModelVersion,
  evaluation: Evaluation | GenerationEvaluation,
): Partial<Record<Tab, ReactNode>> {
  if (evaluation.task === 'text_generation') {
    return {
      quality: <WritingQuality version={version} evaluation={evaluation} />,
      answers: <WrittenAnswers version={version} />,
    };
  }
  return {
    quality: <ModelQuality version={version} evaluation={evaluation} />,
    rows: <ExamRows version={version} labels={evaluation.labels} />,
  };
}
