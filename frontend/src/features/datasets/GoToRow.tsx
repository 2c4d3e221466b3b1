import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useI18n } from '~/i18n/I18nProvider';

/** Leads to a row by its number. */
export function GoToRow({ rows, onGo }: { rows: number; onGo: (row: number) => void }) {
  const { t } = useI18n();
  const [row, setRow] = useState('');
  const number = Number(row);
  const valid = number >= 1 && number <= rows;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) onGo(number);
      }}
    >
      <Group gap="xs">
        <TextInput
          size="xs"
          w={120}
          aria-label={t('datasets.rowNumber')}
          placeholder={t('datasets.rowNumber')}
          inputMode="numeric"
          value={row}
          onChange={(event) => setRow(event.currentTarget.value.replace(/\D/g, ''))}
        />
        <Button size="xs" variant="default" type="submit" disabled={!valid}>
          {t('datasets.goToRow')}
        </Button>
      </Group>
    </form>
  );
}
