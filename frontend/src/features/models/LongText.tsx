import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { useI18n } from '~/i18n/I18nProvider';

const SHOWN = 400;

/** A text of a sheet; a long one is cut until asked for. */
export function LongText({ text }: { text: string }) {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const cut = !open && text.length > SHOWN;
  return (
    <Text component="div" fz="sm" dir="auto" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>
      {cut ? `${text.slice(0, SHOWN)}… ` : text}
      {cut && (
        <Button size="compact-xs" variant="subtle" onClick={() => setOpen(true)}>
          {t('rows.wholeText')}
        </Button>
      )}
    </Text>
  );
}
