import type { Say } from '~/i18n/sayings';
import type { Translate } from '~/i18n/translate';
import type { LogLine } from './liveJob';

/** A line of the log in words: what the trainer said, or how the state changed. */
export function lineText(line: LogLine, t: Translate, say: Say): string {
  if (line.kind === 'told') {
    // A batch tells what an upload is told about how its file was read.
    const finding = say(`finding.${line.code}`, line.message, line.details);
    return say(`log.${line.code}`, finding, line.details);
  }
  if (line.kind === 'continued') return t('job.continued', { step: line.step });
  const { status, outcome, attempt } = line;
  if (status === 'running') {
    return attempt > 1 ? t('job.startedAgain', { number: attempt }) : t('job.started');
  }
  if (status === 'queued' && outcome === 'lost') return t('job.workerLost');
  if (status === 'queued' && outcome === 'oom') return t('job.outOfMemory');
  if (status === 'queued' && outcome === 'preempted') return t('job.workerStopped');
  return t(`jobState.${status}`);
}
