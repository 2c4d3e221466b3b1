import { Alert, Text } from '@mantine/core';
import { CodeSnippet } from '~/components/CodeSnippet';
import { useI18n } from '~/i18n/I18nProvider';

/** A secret, this once. */
export function SecretNote({ title, secret }: { title: string; secret: string }) {
  const { t } = useI18n();
  return (
    <Alert color="teal" title={title} role="status">
      <Text fz="sm" mb="xs">
        {t('webhooks.secretHint')}
      </Text>
      <CodeSnippet code={secret} />
    </Alert>
  );
}
