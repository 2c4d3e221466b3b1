import { Button, Text, VisuallyHidden } from '@mantine/core';
import { useKeptAtEnd } from '~/components/useKeptAtEnd';
import { useI18n } from '~/i18n/I18nProvider';
import { AnswerBubble } from './AnswerBubble';
import classes from './Chat.module.css';
import type { Turn } from './conversation';

interface Props {
  turns: Turn[];
  models: string[];
  name: (model: string) => string;
  /** Asks the last question again. */
  again: () => void;
  /** Asks those again that failed at it. */
  retry: () => void;
}

/** The conversation; the answers of two models to one question stand beside each other. */
export function Turns({ turns, models, name, again, retry }: Props) {
  const { t } = useI18n();
  const last = turns.at(-1);
  const over = last !== undefined && Object.values(last.answers).every(({ state }) => state !== 'writing');
  // What is written stays in sight, and why it ended.
  const box = useKeptAtEnd(last, last?.id);
  if (!last) {
    return (
      <Text c="dimmed" fz="sm" mt="sm">
        {t('chat.begin')}
      </Text>
    );
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls only what it can reach. */}
      <div {...box} className={classes.turns} role="log" aria-label={t('chat.title')} tabIndex={0}>
        {turns.map(({ id, question, answers }) => (
          <div key={id} className={classes.turn}>
            <div className={classes.question}>
              <VisuallyHidden>{t('chat.you')}</VisuallyHidden>
              <div dir="auto" className={classes.text}>
                {question}
              </div>
            </div>
            <div className={classes.answers}>
              {Object.entries(answers).map(([model, answer]) => (
                <div key={model} className={classes.from}>
                  {(models.length > 1 || Object.keys(answers).length > 1) && (
                    <Text fz="xs" c="dimmed" className={isBelow(answers, models) ? classes.whose : undefined}>
                      {name(model)}
                    </Text>
                  )}
                  <AnswerBubble answer={answer} retry={id === last.id && over ? retry : undefined} />
                </div>
              ))}
            </div>
          </div>
        ))}
      </div>
      {over && (
        <Button size="compact-xs" variant="subtle" mt="xs" onClick={again}>
          {t('chat.again')}
        </Button>
      )}
    </>
  );
}

/** Whether the answers are of those whose names stand above the conversation. */
function isBelow(answers: Turn['answers'], models: string[]): boolean {
  return Object.keys(answers).join() === models.join();
}
