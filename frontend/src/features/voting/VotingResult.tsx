import { Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { QueryView } from '~/components/QueryView';
import { ScoreBar } from '~/components/ScoreBar';
import { useI18n } from '~/i18n/I18nProvider';
import { type Place, summaryQuery } from './queries';

/** What the votes of everybody come to. */
export function VotingResult({ place }: { place: Place }) {
  const { t, language, format } = useI18n();
  const summary = useQuery(summaryQuery(place));
  return (
    <QueryView query={summary}>
      {({ tuned, base, tie, share, sentence }) => {
        const all = tuned + base + tie;
        const bar = (name: string, count: number, strong = false) => (
          <ScoreBar
            label={name}
            fraction={all === 0 ? 0 : count / all}
            note={t('vote.count', { count })}
            strong={strong}
          />
        );
        return (
          <Paper component="section" aria-label={t('vote.result')}>
            <Stack gap="sm">
              <Text fz="lg" lh={1.55}>
                {sentence[language]}
              </Text>
              {bar(t('way.tuned'), tuned, true)}
              {bar(t('way.base'), base)}
              {bar(t('vote.tie'), tie)}
              {share && (
                <Text fz="sm" c="dimmed">
                  {t('vote.share', {
                    share: format.percent(share.value, 0),
                    low: format.percent(share.low, 0),
                    high: format.percent(share.high, 0),
                  })}
                </Text>
              )}
            </Stack>
          </Paper>
        );
      }}
    </QueryView>
  );
}
