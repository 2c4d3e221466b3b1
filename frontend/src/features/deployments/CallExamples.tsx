import { Tabs } from '@mantine/core';
import type { Deployment } from '~/api/types';
import { CodeSnippet } from '~/components/CodeSnippet';
import { useI18n } from '~/i18n/I18nProvider';
import { curlExample, huggingFaceExample } from './examples';

/** The code that calls a deployment, ready to be pasted. */
export function CallExamples({ deployment }: { deployment: Deployment }) {
  const { t } = useI18n();
  const text = t('playground.example');
  return (
    <Tabs defaultValue="curl">
      <Tabs.List mb="xs">
        <Tabs.Tab value="curl">{t('code.curl')}</Tabs.Tab>
        <Tabs.Tab value="huggingface">{t('code.huggingFace')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="curl">
        <CodeSnippet code={curlExample(deployment, text)} />
      </Tabs.Panel>
      <Tabs.Panel value="huggingface">
        <CodeSnippet code={huggingFaceExample(deployment, text)} />
      </Tabs.Panel>
    </Tabs>
  );
}
