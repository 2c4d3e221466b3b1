import { Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Stands where a list would be: why it is empty, and the next step. */
export function EmptyNote({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <Paper p="lg">
      <Stack gap="sm" align="flex-start">
        <Text c="dimmed" fz="sm">
          {text}
        </Text>
        {children}
      </Stack>
    </Paper>
  );
}
