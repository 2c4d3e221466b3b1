import { Button, Group } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';

interface Props {
  rows: number;
  row: number;
  /** Numbers of the rows that count; none for all. */
  only: number[];
  onOpen: (row: number) => void;
}

/** To the row before and the row after. */
export function RowSteps({ rows, row, only, onOpen }: Props) {
  const { t } = useI18n();
  const place = only.indexOf(row);
  const before = place >= 0 ? only[place - 1] : row > 1 ? row - 1 : undefined;
  const after = place >= 0 ? only[place + 1] : row < rows ? row + 1 : undefined;
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        disabled={before === undefined}
        onClick={() => before !== undefined && onOpen(before)}
      >
        {t('datasets.rowBefore')}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={after === undefined}
        onClick={() => after !== undefined && onOpen(after)}
      >
        {t('datasets.rowAfter')}
      </Button>
    </Group>
  );
}
