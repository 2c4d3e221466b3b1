import { Paper, Stack, Text, Title } from '@mantine/core';
import { ScoreBar } from '~/components/ScoreBar';
import { signedInterval } from '~/components/signedPoints';
import { useI18n } from '~/i18n/I18nProvider';
import type { Tally } from './queries';

interface Props {
  title: string;
  votes: Tally;
  /** Rows that were looked at and are not counted; of another model only. */
  undecided?: number;
}

/** What the votes of people, or of another model, come to. */
export function Votes({ title, votes, undecided }: Props) {
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
        <Text>
          {verdict ? verdict[language] : t(undecided === undefined ? 'vote.noneYet' : 'judge.noneYet')}
        </Text>
        {bar(t('way.tuned'), tuned, true)}
        {bar(t('way.base'), base)}
        {bar(t('vote.tie'), tie)}
        {undecided !== undefined && undecided > 0 && (
          <Text fz="sm" c="dimmed">
            {t('judge.undecided', { count: undecided })}
          </Text>
        )}
        {difference && (
          <Text fz="sm" c="dimmed">
            {t('vote.difference', { points: signedInterval(difference, format) })}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
