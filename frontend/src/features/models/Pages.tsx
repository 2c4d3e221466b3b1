import { Button, Group, Text } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import { ROWS_OF_A_PAGE } from './queries';

interface Props {
  page: number;
  total: number;
  onPage: (page: number | undefined) => void;
}

/** Which rows are shown of how many, and the pages before and after. */
export function Pages({ page, total, onPage }: Props) {
  const { t } = useI18n();
  const from = (page - 1) * ROWS_OF_A_PAGE + 1;
  const to = Math.min(page * ROWS_OF_A_PAGE, total);
  return (
    <Group gap="xs" justify="space-between" component="nav" aria-label={t('rows.pages')}>
      <Text fz="sm" c="dimmed" role="status">
        {t('rows.shown', { from, to, total })}
      </Text>
      {total > ROWS_OF_A_PAGE && (
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={page === 1}
            onClick={() => onPage(page > 2 ? page - 1 : undefined)}
          >
            {t('rows.before')}
          </Button>
          <Button size="xs" variant="default" disabled={to === total} onClick={() => onPage(page + 1)}>
            {t('rows.after')}
          </Button>
        </Group>
      )}
    </Group>
  );
}
