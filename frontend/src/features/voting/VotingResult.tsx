import { Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { QueryView } from '~/components/QueryView';
import { ScoreBar } from '~/components/ScoreBar';
import { signedInterval } from '~/components/signedPoints';
import { useI18n } from '~/i18n/I18nProvider';
import { type Place, summaryQuery, type Tally } from './queries';

/** What the votes of everybody come to, and what other models think that were asked to judge. */
export function VotingResult({ place }: { place: Place }) {
  const { t } = useI18n();
  const summary = useQuery(summaryQuery(place));
  return (
    <QueryView query={summary}>
      {({ people, judges, ...votes }) => (
        <Stack gap="md">
          <Votes title={t('vote.people', { count: people })} votes={votes} />
          {judges.map(({ judge, ...judged }) => (
            <Votes key={judge} title={judge} votes={judged} />
          ))}
        </Stack>
      )}
    </QueryView>
  );
}

function Votes({ title, votes }: { title: string; votes: Tally }) {
  const { t, language, format } = useI18n();
  const { tuned, base, tie, difference, verdict } = votes;
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
    <Paper component="section" aria-label={title}>
      <Stack gap="sm">
        <Title order={2}>{title}</Title>
        <Text>{verdict ? verdict[language] : t('vote.noneYet')}</Text>
        {bar(t('way.tuned'), tuned, true)}
        {bar(t('way.base'), base)}
        {bar(t('vote.tie'), tie)}
        {difference && (
          <Text fz="sm" c="dimmed">
            {t('vote.difference', { points: signedInterval(difference, format) })}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
