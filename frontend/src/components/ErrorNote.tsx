import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiError } from '~/api/errors';
import { useI18n } from '~/i18n/I18nProvider';
import type { Translate } from '~/i18n/translate';

interface Props {
  error: unknown;
  title?: string;
  retry?: () => void;
  children?: ReactNode;
}

/** An error where it belongs: what happened and what to do next, with the next step as a button if there is one. */
export function ErrorNote({ error, title, retry, children }: Props) {
  const { t } = useI18n();
  if (!error) return null;
  return (
    <Alert color="red" icon={<IconAlertCircle size={18} />} title={title} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
          {errorMessage(error, t)}
        </Text>
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

/** What to tell a person about any error. */
export function errorMessage(error: unknown, t: Translate): string {
  if (!(error instanceof ApiError)) return t('error.page');
  if (error.kind === 'unreachable') return t('error.unreachable');
  if (error.kind === 'unexpected') return t('error.unexpected', { status: String(error.status) });
  return error.message;
}
