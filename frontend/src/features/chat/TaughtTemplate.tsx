import { Button, Group, Paper, Text } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import { blankIn, partsOf } from './blanks';
import classes from './Chat.module.css';

interface Props {
  template: string;
  /** What is written so far. */
  draft: string;
  onUse: () => void;
}

/** By what the model was asked while it learned, and the way to ask it so; blanks that are left are named. */
export function TaughtTemplate({ template, draft, onUse }: Props) {
  const { t } = useI18n();
  const left = blankIn(draft);
  return (
    <Paper component="section" aria-label={t('chat.template')}>
      <Group justify="space-between" gap="xs">
        <Text fz="sm" fw={600}>
          {t('chat.template')}
        </Text>
        <Button size="xs" variant="default" onClick={onUse}>
          {t('chat.useTemplate')}
        </Button>
      </Group>
      <Text fz="sm" c="dimmed">
        {t('chat.templateHint')}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls only what it can reach. */}
      <section className={classes.template} tabIndex={0} aria-label={t('chat.templateText')}>
        {partsOf(template).map((part, place) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name than their place
          place % 2 === 1 ? <mark key={place}>{part}</mark> : <span key={place}>{part}</span>,
        )}
      </section>
      {left && (
        <Text fz="sm" c="var(--ty-warning)" role="status">
          {t('chat.blankLeft', { blank: draft.slice(...left) })}
        </Text>
      )}
    </Paper>
  );
}
