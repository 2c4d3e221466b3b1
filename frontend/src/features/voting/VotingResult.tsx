import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { type Place, summaryQuery } from './queries';
import { Votes } from './Votes';

/** What the votes of everybody come to, and what other models think that were asked to judge. */
export function VotingResult({ place }: { place: Place }) {
  const { t } = useI18n();
  const summary = useQuery(summaryQuery(place));
  return (
    <QueryView query={summary}>
      {({ people, judges, ...votes }) => (
        <Stack gap="md">
          <Votes title={t('vote.people', { count: people })} votes={votes} />
          {judges.map(({ judge, undecided, ...judged }) => (
            <Votes key={judge} title={judge} votes={judged} undecided={undecided} />
          ))}
        </Stack>
      )}
    </QueryView>
  );
}
