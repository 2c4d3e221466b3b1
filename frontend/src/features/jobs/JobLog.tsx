import { Paper, Text } from '@mantine/core';
import { useKeptAtEnd } from '~/components/useKeptAtEnd';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './JobLog.module.css';
import { lineText } from './lineText';
import type { LogLine } from './liveJob';

/** What the job said, newest last; keeps to the end unless somebody scrolled up to read. */
export function JobLog({ lines }: { lines: LogLine[] }) {
  const { t, say, format } = useI18n();
  const box = useKeptAtEnd(lines.length);
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
        {...box}
        className={classes.log}
        role="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls only what it can reach.
        tabIndex={0}
        aria-label={t('job.log')}
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
