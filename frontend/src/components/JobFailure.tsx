import { Alert, Stack, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { JobError } from '~/api/types';

interface Props {
  title: string;
  failure: Pick<JobError, 'message'> & { hint?: string | null };
  children?: ReactNode;
}

/** Why background work failed: what happened, what to do about it, and the next step as a button. */
export function JobFailure({ title, failure, children }: Props) {
  return (
    <Alert color="red" icon={<IconAlertCircle size={18} />} title={title} role="alert" mb="lg">
      <Stack gap="xs" align="flex-start">
        <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
          {failure.message}
        </Text>
        {failure.hint && <Text fz="sm">{failure.hint}</Text>}
        {children}
      </Stack>
    </Alert>
  );
}
