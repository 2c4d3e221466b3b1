import { Badge, Group, Paper, Text } from '@mantine/core';
import type { DatasetVersion, Role } from '~/api/types';
import { Breakable } from '~/components/Breakable';
import { useI18n } from '~/i18n/I18nProvider';
import { sentences } from '~/i18n/sentences';

/** What a table could teach, which column would be what, and why. */
export function SuggestionNote({ version }: { version: DatasetVersion }) {
  const { t, say } = useI18n();
  if (version.suggested_task === null) return null;
  const roles = Object.entries(version.suggested_columns) as [Role, string | string[]][];
  return (
    <Paper py="xs" mb="md" component="section" aria-label={t('suggested.title')}>
      <Group gap="xs">
        <Text fz="sm" fw={600}>
          {t(`suggested.${version.suggested_task}`)}
        </Text>
        {roles.map(([role, columns]) => (
          <Group key={role} gap={4} wrap="nowrap" style={{ minWidth: 0 }}>
            <Badge color="teal">{t(`role.${role}`)}</Badge>
            <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
              <Breakable text={[columns].flat().join(' + ')} />
            </Text>
          </Group>
        ))}
      </Group>
      <Text fz="sm" c="dimmed" mt={4}>
        {sentences(say, 'suggestion', version.suggestion_reason, version.suggestion_reasons)}
      </Text>
    </Paper>
  );
}
