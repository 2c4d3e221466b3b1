import { Button, Group, Kbd, Paper, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { EmptyNote } from '~/components/EmptyNote';
import { ErrorNote } from '~/components/ErrorNote';
import { QueryView, Waiting } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { type Pair, type Place, pairsQuery, useVote, VOTES, type Vote } from './queries';
import classes from './Voting.module.css';
import { VotingResult } from './VotingResult';

/** Pairs of answers one after the other, judged without knowing whose they are; then what the votes come to. */
export function VotingTable({ place }: { place: Place }) {
  const { t } = useI18n();
  const query = useInfiniteQuery(pairsQuery(place));
  const more = query.hasNextPage && !query.isFetchNextPageError ? query.fetchNextPage : undefined;
  return (
    <QueryView query={query} rows={8}>
      {({ pages }) => {
        const pairs = pages.flatMap(({ data }) => data);
        return pairs.length === 0 ? (
          <EmptyNote text={t('vote.none')} />
        ) : (
          <Stack gap="md">
            <Pairs place={place} pairs={pairs} more={more} />
            {query.isFetchNextPageError && (
              <ErrorNote error={query.error} retry={() => void query.fetchNextPage()} />
            )}
          </Stack>
        );
      }}
    </QueryView>
  );
}

interface PairsProps {
  place: Place;
  pairs: Pair[];
  /** Fetches further ones, if there are any. */
  more?: () => unknown;
}

/** Where somebody is: at a pair, or at the first one from there on that has no vote yet, which may be still to come. */
interface Position {
  from: number;
  open: boolean;
}

function Pairs({ place, pairs, more }: PairsProps) {
  const { t } = useI18n();
  const vote = useVote(place);
  const [{ from, open }, setPosition] = useState<Position>({ from: 0, open: true });
  // What has just been voted on stays behind, also if the vote is refused.
  const at = open ? firstOpen(pairs, from) : from;
  const judged = pairs.filter((pair) => pair.vote !== null).length;
  const pair = pairs[at];
  const nearsEnd = at >= pairs.length - 2;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for every page
  useEffect(() => {
    if (nearsEnd) more?.();
  }, [nearsEnd, pairs.length]);
  const go = (wanted: number) =>
    setPosition({ from: Math.min(Math.max(0, wanted), pairs.length), open: false });
  const choose = (chosen: Vote) => {
    if (!pair) return;
    vote.mutate({ row: pair.row, vote: chosen, before: pair.vote });
    setPosition({ from: at + 1, open: pair.vote === null });
  };
  // A key that is held down votes once.
  const byKey = (chosen: Vote) => (event: KeyboardEvent) => event.repeat || choose(chosen);
  useHotkeys([
    ['1', byKey('left')],
    ['2', byKey('right')],
    ['3', byKey('tie')],
    ['ArrowLeft', () => go(at - 1)],
    ['ArrowRight', () => go(at + 1)],
  ]);
  return (
    <Stack gap="md">
      <Group gap="sm" wrap="nowrap">
        <Progress flex={1} value={(100 * judged) / pairs.length} aria-label={t('vote.progress')} />
        <Text fz="sm" role="status">
          {t('vote.judged', { judged, count: pairs.length })}
        </Text>
      </Group>
      <ErrorNote error={vote.error} title={t('vote.failed')} />
      {pair && <OnePair pair={pair} onVote={choose} />}
      {!pair && (more ? <Waiting rows={8} /> : <VotingResult place={place} />)}
      <Group justify="space-between">
        <Button variant="default" size="xs" disabled={at === 0} onClick={() => go(at - 1)}>
          {t('vote.before')}
        </Button>
        {pair && (
          <Button variant="default" size="xs" onClick={() => go(at + 1)}>
            {t(at === pairs.length - 1 && !more ? 'vote.toResult' : 'vote.skip')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** The first pair from a place on that has no vote yet; behind the last one if all have. */
function firstOpen(pairs: Pair[], from: number): number {
  const found = pairs.findIndex((pair, place) => place >= from && pair.vote === null);
  return found === -1 ? pairs.length : found;
}

function OnePair({ pair, onVote }: { pair: Pair; onVote: (vote: Vote) => void }) {
  const { t } = useI18n();
  return (
    <Stack gap="md">
      <Paper>
        <Text fz="xs" c="dimmed">
          {t('vote.question', { row: pair.row })}
        </Text>
        <Text dir="auto" className={classes.text}>
          {pair.prompt}
        </Text>
        <Text fz="xs" c="dimmed" mt="sm">
          {t('samples.expected')}
        </Text>
        <Text fz="sm" c="dimmed" dir="auto" className={classes.text}>
          {pair.expected}
        </Text>
      </Paper>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        {(['left', 'right'] as const).map((side) => (
          <Paper key={side} component="section" aria-label={t(`vote.${side}`)} className={classes.side}>
            <Text fz="xs" c="dimmed">
              {t(`vote.${side}`)}
            </Text>
            <Text dir="auto" className={classes.text}>
              {pair[side] || t('common.nothingSaid')}
            </Text>
          </Paper>
        ))}
      </SimpleGrid>
      <Group gap="sm" justify="center" role="group" aria-label={t('vote.which')}>
        {VOTES.map((vote, place) => (
          <Button
            key={vote}
            variant={pair.vote === vote ? 'light' : 'default'}
            aria-pressed={pair.vote === vote}
            rightSection={<Kbd size="xs">{place + 1}</Kbd>}
            // The second click of two is not about the next pair, which nobody has read by then.
            onClick={(event) => event.detail < 2 && onVote(vote)}
          >
            {t(`vote.${vote}Better`)}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}
