import { Alert, Button, Group, Stack, Tabs, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { CodeSnippet } from '~/components/CodeSnippet';
import { ErrorNote } from '~/components/ErrorNote';
import { TabStrip } from '~/components/TabStrip';
import { useI18n } from '~/i18n/I18nProvider';

/** Code in one language, and what is to know about it. */
export interface Snippet<Language extends string> {
  language: Language;
  label: string;
  hint: string;
  install?: string;
  code: string;
}

interface Props<Language extends string> {
  snippets: Snippet<Language>[];
  language: Language;
  onLanguage: (language: Language) => void;
  /** Whether there is a key in the code. */
  hasKey: boolean;
  /** Not given to those who may not make keys. */
  makeKey?: { run: () => void; pending: boolean; error: unknown };
}

/** The code that calls a deployment, ready to be pasted. */
export function CallExamples<Language extends string>({
  snippets,
  language,
  onLanguage,
  hasKey,
  makeKey,
}: Props<Language>) {
  const { t } = useI18n();
  return (
    <Stack gap="md">
      {hasKey ? (
        <Alert color="teal" icon={<IconKey size={18} />} title={t('code.keyMade')} role="status">
          <Text fz="sm">{t('code.keyMadeHint')}</Text>
        </Alert>
      ) : (
        <Group gap="sm">
          {makeKey && (
            <Button
              variant="default"
              leftSection={<IconKey size={16} />}
              onClick={makeKey.run}
              loading={makeKey.pending}
            >
              {t('code.makeKey')}
            </Button>
          )}
          <Text c="dimmed" fz="sm" flex="1 1 240px">
            {makeKey ? t('code.makeKeyHint') : t('code.askForKey')}
          </Text>
        </Group>
      )}
      <ErrorNote error={makeKey?.error} />
      <Tabs value={language} onChange={(value) => onLanguage(value as Language)} keepMounted={false}>
        <TabStrip
          names={snippets.map((snippet) => snippet.language)}
          active={language}
          words={(name) => snippets.find((snippet) => snippet.language === name)?.label ?? name}
          label={t('code.language')}
        />
        {snippets.map(({ language: name, hint, install, code }) => (
          <Tabs.Panel key={name} value={name}>
            <Stack gap="xs">
              <Text c="dimmed" fz="sm">
                {hint}
              </Text>
              {install && <CodeSnippet code={install} />}
              <CodeSnippet code={code} />
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
