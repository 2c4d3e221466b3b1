import { Paper, Text } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './JobLog.module.css';
import { lineText } from './lineText';
import type { LogLine } from './liveJob';

const NEAR_END_PX = 40;

/** What the job said, newest last; keeps to the end unless somebody scrolled up to read. */
export function JobLog({ lines }: { lines: LogLine[] }) {
  const { t, say, format } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scroll after every new line
  useEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines.length]);
  if (lines.length === 0) {
    return (
      <Text c="dimmed" fz="sm">
        {t('job.logEmpty')}
      </Text>
    );
  }
  return (
    <Paper p={0}>
      <div
        ref={box}
        className={classes.log}
        role="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls only what it can reach.
        tabIndex={0}
        aria-label={t('job.log')}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
        }}
      >
        {lines.map((line) => (
          <div
            key={line.sequence}
            className={classes.line}
            data-level={line.kind === 'told' ? line.level : 'state'}
          >
            <time dateTime={line.at} title={format.time(line.at)}>
              {format.clock(line.at)}
            </time>
            <span>{lineText(line, t, say)}</span>
          </div>
        ))}
      </div>
    </Paper>
  );
}
