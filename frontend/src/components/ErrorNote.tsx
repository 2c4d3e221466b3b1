import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import { errorWords } from './errorWords';

interface Props {
  error: unknown;
  title?: string;
  retry?: () => void;
  children?: ReactNode;
}

/** An error where it belongs: what happened and what to do next, with the next step as a button if there is one. */
export function ErrorNote({ error, title, retry, children }: Props) {
  const reader = useI18n();
  if (!error) return null;
  const { t } = reader;
  const { sentence, detail, original } = errorWords(error, reader);
  return (
    <Alert color="red" icon={<IconAlertCircle size={18} />} title={title ?? sentence} role="alert">
      <Stack gap="xs" align="flex-start">
        {title && <Text fz="sm">{sentence}</Text>}
        {detail && (
          <Text fz="sm" c={title ? 'dimmed' : undefined} style={{ overflowWrap: 'anywhere' }}>
            {detail}
          </Text>
        )}
        {original && (
          <details>
            <Text component="summary" fz="sm" c="dimmed" style={{ cursor: 'pointer' }}>
              {t('error.original')}
            </Text>
            <Text fz="sm" c="dimmed" mt={4} lang="en" style={{ overflowWrap: 'anywhere' }}>
              {original}
            </Text>
          </details>
        )}
        {children}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t('common.tryAgain')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
