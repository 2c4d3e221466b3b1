import type { Attempt } from '~/api/types';
import type { MessageKey, Translate } from '~/i18n/translate';

const SIGNALS: Record<number, MessageKey> = {
  4: 'signal.SIGILL',
  6: 'signal.SIGABRT',
  7: 'signal.SIGBUS',
  8: 'signal.SIGFPE',
  9: 'signal.SIGKILL',
  11: 'signal.SIGSEGV',
  15: 'signal.SIGTERM',
};

/** How an attempt ended, in plain words; of a signal, what it means. */
export function endingText(
  { outcome, exit_signal }: Pick<Attempt, 'outcome' | 'exit_signal'>,
  t: Translate,
): string {
  if (outcome === null) return t('outcome.running');
  if (outcome !== 'lost' || exit_signal === null) return t(`outcome.${outcome}`);
  const known = SIGNALS[exit_signal];
  return known ? t(known) : t('signal.other', { number: exit_signal });
}
