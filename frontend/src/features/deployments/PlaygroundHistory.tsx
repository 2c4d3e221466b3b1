import { Button, Paper, UnstyledButton } from '@mantine/core';
import { Ago } from '~/components/Ago';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { textOf } from './examples';
import classes from './Playground.module.css';
import type { Asked } from './playgroundHistory';

interface Props {
  entries: Asked[];
  onOpen: (asked: Asked) => void;
  onForget: () => void;
}

/** What was asked from this browser; a click brings it back. */
export function PlaygroundHistory({ entries, onOpen, onForget }: Props) {
  const { t, format } = useI18n();
  if (entries.length === 0) return null;
  return (
    <Section
      title={t('playground.history')}
      hint={t('playground.historyHint')}
      aside={
        <Button size="xs" variant="default" onClick={onForget}>
          {t('playground.forget')}
        </Button>
      }
    >
      <Paper p={0}>
        <ul className={classes.list}>
          {entries.map((asked) => (
            <li key={asked.id} className={classes.item}>
              <UnstyledButton className={classes.asked} onClick={() => onOpen(asked)}>
                <span className={classes.text}>{textOf(asked.input)}</span>
                <span className={classes.answer}>{asked.prediction.label}</span>
                <span className={classes.facts}>
                  {format.percent(asked.prediction.score, 0)} · <Ago time={asked.time} />
                </span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      </Paper>
    </Section>
  );
}
