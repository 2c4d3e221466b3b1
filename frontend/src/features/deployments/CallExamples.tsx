import { Alert, Button, Group, Stack, Tabs, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { CodeSnippet } from '~/components/CodeSnippet';
import { ErrorNote } from '~/components/ErrorNote';
import { TabStrip } from '~/components/TabStrip';
import { useI18n } from '~/i18n/I18nProvider';
import { type Call, EXAMPLES, INSTALL, LANGUAGES, type SnippetLanguage } from './examples';

interface Props {
  call: Call;
  language: SnippetLanguage;
  onLanguage: (language: SnippetLanguage) => void;
  /** Not given to those who may not make keys. */
  makeKey?: { run: () => void; pending: boolean; error: unknown };
}

/** The code that calls a deployment, ready to be pasted. */
export function CallExamples({ call, language, onLanguage, makeKey }: Props) {
  const { t } = useI18n();
  return (
    <Stack gap="md">
      {call.apiKey ? (
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
      <Tabs value={language} onChange={(value) => onLanguage(value as SnippetLanguage)} keepMounted={false}>
        <TabStrip
          names={LANGUAGES}
          active={language}
          words={(name) => t(`code.${name}`)}
          label={t('code.language')}
        />
        {LANGUAGES.map((name) => (
          <Tabs.Panel key={name} value={name}>
            <Stack gap="xs">
              <Text c="dimmed" fz="sm">
                {t(`codeHint.${name}`)}
              </Text>
              {INSTALL[name] && <CodeSnippet code={INSTALL[name]} />}
              <CodeSnippet code={EXAMPLES[name](call)} />
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
