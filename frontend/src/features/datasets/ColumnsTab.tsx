import { Button, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { DatasetVersion } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { sentences } from '~/i18n/sentences';
import { ColumnCard } from './ColumnCard';

const SHOWN_AT_FIRST = 24;

/** A card for each column; those with a role first. */
export function ColumnsTab({ version }: { version: DatasetVersion }) {
  const { t, say } = useI18n();
  const [all, setAll] = useState(false);
  const columns = version.columns.toSorted(
    (one, other) => Number(!one.suggested_role) - Number(!other.suggested_role),
  );
  const shown = all ? columns : columns.slice(0, SHOWN_AT_FIRST);
  return (
    <Stack gap="md">
      {version.suggested_task === null && (
        <Text fz="sm">
          {sentences(say, 'suggestion', version.suggestion_reason, version.suggestion_reasons)}
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
        {shown.map((column) => (
          <ColumnCard key={column.name} column={column} rows={version.rows} />
        ))}
      </SimpleGrid>
      {shown.length < columns.length && (
        <Button variant="default" onClick={() => setAll(true)} style={{ alignSelf: 'center' }}>
          {t('datasets.moreColumns', { count: columns.length - shown.length })}
        </Button>
      )}
    </Stack>
  );
}
