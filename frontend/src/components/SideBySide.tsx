import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './SideBySide.module.css';

export interface NamedAnswer {
  name: string;
  text: string;
  strong?: boolean;
}

interface Props {
  question: string;
  note?: string;
  answers: NamedAnswer[];
  children?: ReactNode;
}

/** A question, and beneath it several answers to it beside each other; one above the other on a phone. */
export function SideBySide({ question, note, answers, children }: Props) {
  const { t } = useI18n();
  return (
    <Paper component="article">
      <Text fz="sm" fw={600} dir="auto" className={classes.text}>
        {question}
      </Text>
      {note && (
        <Text fz="xs" c="dimmed">
          {note}
        </Text>
      )}
      <dl className={classes.answers}>
        {answers.map(({ name, text, strong }) => (
          <div key={name} className={classes.answer} data-strong={strong}>
            <Text component="dt" fz="xs" c="dimmed">
              {name}
            </Text>
            <dd dir="auto" className={classes.text}>
              {text.trim() === '' ? (
                <Text span inherit c="dimmed" fs="italic">
                  {t('common.nothingSaid')}
                </Text>
              ) : (
                text
              )}
            </dd>
          </div>
        ))}
      </dl>
      {children}
    </Paper>
  );
}
