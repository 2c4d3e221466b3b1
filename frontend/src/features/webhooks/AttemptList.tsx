import { Code, Paper, Stack, Text } from '@mantine/core';
import type { Delivery } from '~/api/types';
import { Ago } from '~/components/Ago';
import { useI18n } from '~/i18n/I18nProvider';
import { SHORTEST, useAttemptWords } from './useAttemptWords';

/** Every attempt, the newest first, with what came back as plain text. */
export function AttemptList({ attempts, status }: Pick<Delivery, 'attempts' | 'status'>) {
  const { t, format, language } = useI18n();
  const words = useAttemptWords();
  if (attempts.length === 0) {
    return (
      <Text fz="sm" c="dimmed" role="status">
        {t(status === 'pending' ? 'delivery.noAttempt' : 'delivery.neverSent')}
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      {attempts.toReversed().map((attempt) => (
        <Paper key={attempt.at} p="sm">
          <Stack gap={4}>
            <Text fz="sm" fw={500}>
              {words(attempt)}
            </Text>
            <Text fz="xs" c="dimmed">
              <Ago time={attempt.at} /> ·{' '}
              {t('delivery.took', { seconds: format.number(Math.max(attempt.seconds, SHORTEST), 2) })}
            </Text>
            {attempt.error && (
              <Text fz="xs" c="dimmed" lang="en" style={{ overflowWrap: 'anywhere' }}>
                {language === 'en' ? attempt.error.message : attempt.error.cause}
              </Text>
            )}
            {attempt.answer && (
              <Code block tabIndex={0} aria-label={t('delivery.answer')} style={{ whiteSpace: 'pre-wrap' }}>
                {attempt.answer}
              </Code>
            )}
          </Stack>
        </Paper>
      ))}
    </Stack>
  );
}
