import { Alert, Stack, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { JobError } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import type { Details } from '~/i18n/sayings';

interface Props {
  title: string;
  failure: Pick<JobError, 'code' | 'message'> & { hint?: string | null; details?: Details };
  children?: ReactNode;
}

/** Why background work failed: what happened, what to do about it, and the next step as a button. */
export function JobFailure({ title, failure, children }: Props) {
  const { say } = useI18n();
  const { code, message, hint, details } = failure;
  return (
    <Alert color="red" icon={<IconAlertCircle size={18} />} title={title} role="alert" mb="lg">
      <Stack gap="xs" align="flex-start">
        <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
          {say(`error.${code}`, message, details)}
        </Text>
        {hint && <Text fz="sm">{say(`error.${code}.hint`, hint, details)}</Text>}
        {children}
      </Stack>
    </Alert>
  );
}
