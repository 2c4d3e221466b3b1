import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyableId } from './CopyableId';
import { type Crumb, Crumbs } from './Crumbs';
import { EditableTitle } from './EditableTitle';
import classes from './PageHeader.module.css';
import { useDocumentTitle } from './useDocumentTitle';

interface Props {
  title: string;
  /** What follows the title and is no part of the name, such as the version. */
  suffix?: string;
  /** Makes the title editable. */
  onRename?: (name: string) => Promise<unknown>;
  /** Characters a new name may have. */
  longestName?: number;
  crumbs?: Crumb[];
  badge?: ReactNode;
  id?: string;
  facts?: ReactNode;
  action?: ReactNode;
}

/** Top of every page: where you are, what this is, its state, its id, and the one thing to do next. */
export function PageHeader({
  title,
  suffix = '',
  onRename,
  longestName = 200,
  crumbs = [],
  badge,
  id,
  facts,
  action,
}: Props) {
  const heading = `${title} ${suffix}`.trim();
  useDocumentTitle(heading);
  return (
    <Stack component="header" gap={4} mb="lg">
      {crumbs.length > 0 && <Crumbs crumbs={crumbs} />}
      <Group justify="space-between" align="flex-start" gap="md">
        <Group gap={12} className={classes.title}>
          {onRename ? (
            <EditableTitle name={title} heading={heading} longest={longestName} onRename={onRename} />
          ) : (
            <Title order={1} style={{ overflowWrap: 'anywhere' }}>
              {heading}
            </Title>
          )}
          {badge}
        </Group>
        {action}
      </Group>
      {(id || facts) && (
        <Group gap={12} mt={{ base: 'xs', sm: 0 }}>
          {facts && (
            <Text fz="sm" c="dimmed" component="div">
              {facts}
            </Text>
          )}
          {id && <CopyableId id={id} />}
        </Group>
      )}
    </Stack>
  );
}
