import { Text } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './CellText.module.css';
import { messagesIn } from './messagesIn';

/** A whole cell: a conversation as people read one, with its JSON behind; any other text as it is. */
export function CellText({ value }: { value: string }) {
  const { t } = useI18n();
  const messages = messagesIn(value);
  if (messages.length === 0) return <Plain value={value} />;
  return (
    <>
      <ul className={classes.messages}>
        {messages.map(({ who, says }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two messages may be the same
          <li key={place}>
            <Text component="span" fz="xs" c="dimmed">
              {who}
            </Text>
            <Plain value={says} />
          </li>
        ))}
      </ul>
      <details className={classes.raw}>
        <Text component="summary" fz="xs" c="dimmed">
          {t('datasets.rawCell')}
        </Text>
        <Plain value={value} />
      </details>
    </>
  );
}

function Plain({ value }: { value: string }) {
  return (
    <Text fz="sm" dir="auto" className={classes.text}>
      {value}
    </Text>
  );
}
