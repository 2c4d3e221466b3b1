import { Anchor, Breadcrumbs, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { CopyableId } from './CopyableId';
import { EditableTitle } from './EditableTitle';
import { useDocumentTitle } from './useDocumentTitle';

export interface Crumb {
  label: string;
  to: string;
}

interface Props {
  title: string;
  /** Makes the title editable. */
  onRename?: (name: string) => Promise<unknown>;
  crumbs?: Crumb[];
  badge?: ReactNode;
  id?: string;
  facts?: ReactNode;
  action?: ReactNode;
}

/** Top of every page: where you are, what this is, its state, its id, and the one thing to do next. */
export function PageHeader({ title, onRename, crumbs = [], badge, id, facts, action }: Props) {
  useDocumentTitle(title);
  return (
    <Stack component="header" gap={4} mb="lg">
      {crumbs.length > 0 && (
        <Breadcrumbs fz="sm" separatorMargin={6}>
          {crumbs.map((crumb) => (
            <Anchor key={crumb.to} component={Link} to={crumb.to} c="dimmed" fz="sm">
              {crumb.label}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" gap="md">
        <Group gap={12} style={{ minWidth: 0 }}>
          {onRename ? (
            <EditableTitle title={title} onRename={onRename} />
          ) : (
            <Title order={1} style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
          )}
          {badge}
        </Group>
        {action}
      </Group>
      {(id || facts) && (
        <Group gap={12}>
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
