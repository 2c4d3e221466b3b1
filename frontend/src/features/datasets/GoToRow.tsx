import { Button, Group, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useI18n } from '~/i18n/I18nProvider';

/** Leads to a row by its number. */
export function GoToRow({ rows, onGo }: { rows: number; onGo: (row: number) => void }) {
  const { t } = useI18n();
  const [row, setRow] = useState<number | string>('');
  const number = Number(row);
  const valid = row !== '' && Number.isInteger(number) && number >= 1 && number <= rows;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) onGo(number);
      }}
    >
      <Group gap="xs">
        <NumberInput
          size="xs"
          w={120}
          aria-label={t('datasets.rowNumber')}
          placeholder={t('datasets.rowNumber')}
          min={1}
          max={rows}
          allowDecimal={false}
          hideControls
          value={row}
          onChange={setRow}
        />
        <Button size="xs" variant="default" type="submit" disabled={!valid}>
          {t('datasets.goToRow')}
        </Button>
      </Group>
    </form>
  );
}
