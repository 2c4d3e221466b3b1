import { Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { LanguageSwitch } from '~/components/LanguageSwitch';
import { ThemeSwitch } from '~/components/ThemeSwitch';
import { useDocumentTitle } from '~/components/useDocumentTitle';

interface Props {
  title: string;
  text: string;
  children: ReactNode;
}

/** The quiet frame of the two pages that are seen without a session. */
export function EntryFrame({ title, text, children }: Props) {
  useDocumentTitle(title);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={400} gap="md">
        <Stack gap={4}>
          <Title order={1}>{title}</Title>
          <Text c="dimmed" fz="sm">
            {text}
          </Text>
        </Stack>
        <Paper p="lg">{children}</Paper>
        <Group justify="space-between">
          <LanguageSwitch />
          <ThemeSwitch />
        </Group>
      </Stack>
    </Center>
  );
}
