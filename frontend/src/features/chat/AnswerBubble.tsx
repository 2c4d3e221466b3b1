import { Loader, Text } from '@mantine/core';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './Chat.module.css';
import { type Answer, speedOf } from './conversation';

interface Props {
  answer: Answer;
  /** Asks once more, where it failed. */
  retry?: () => void;
}

/** What a model wrote, how much and how fast; while it writes, what there is so far. */
export function AnswerBubble({ answer, retry }: Props) {
  const { t } = useI18n();
  const { state, text, thought, error } = answer;
  return (
    <div className={classes.answer} aria-busy={state === 'writing'}>
      {thought !== '' && (
        <details className={classes.thought} open={text === '' && state === 'writing'}>
          <summary>{t(text === '' && state === 'writing' ? 'chat.thinking' : 'chat.thought')}</summary>
          <div dir="auto" className={classes.text}>
            {thought}
          </div>
        </details>
      )}
      {text !== '' && (
        <div dir="auto" className={classes.text}>
          {text}
        </div>
      )}
      {state === 'writing' && text === '' && thought === '' && (
        <Loader type="dots" size="sm" aria-label={t('chat.waiting')} />
      )}
      {state === 'done' && text.trim() === '' && (
        <Text fz="sm" c="dimmed">
          {t('chat.empty')}
        </Text>
      )}
      {state === 'failed' && <ErrorNote error={error} retry={retry} />}
      {state !== 'writing' && state !== 'failed' && <Facts answer={answer} />}
    </div>
  );
}

function Facts({ answer }: { answer: Answer }) {
  const { t, format } = useI18n();
  const { tokens, counted, perSecond, wait } = speedOf(answer);
  const facts = [
    answer.state === 'stopped' && t('chat.stopped'),
    answer.finish === 'length' && t('chat.cutOff'),
    t(counted ? 'chat.tokens' : 'chat.aboutTokens', { count: tokens }),
    answer.usage && t('chat.promptTokens', { count: answer.usage.prompt_tokens }),
    perSecond && t('chat.perSecond', { number: format.number(perSecond, perSecond < 10 ? 1 : 0) }),
    wait !== undefined && t('chat.firstAfter', { seconds: format.number(wait, 2) }),
  ];
  return (
    <Text fz="xs" c="dimmed" className={classes.facts}>
      {facts.filter(Boolean).join(' · ')}
    </Text>
  );
}
