import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  title: string;
  hint?: string;
  aside?: ReactNode;
  id?: string;
  children: ReactNode;
}

/** One part of a page under its heading. */
export function Section({ title, hint, aside, id, children }: Props) {
  return (
    <Stack component="section" gap="xs" mb="xl" id={id}>
      <Group justify="space-between" gap="xs">
        <Title order={2}>{title}</Title>
        {aside}
      </Group>
      {hint && (
        <Text c="dimmed" fz="sm">
          {hint}
        </Text>
      )}
      {children}
    </Stack>
  );
}
