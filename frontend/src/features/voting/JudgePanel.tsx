import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { ErrorNote } from '~/components/ErrorNote';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { JudgeForm } from './JudgeForm';
import { askedAbout, type Judging, useJudge } from './judging';
import type { Place } from './queries';
import { Votes } from './Votes';

/** Another model compares the answers: who it is, how far it is, and what it thinks. */
export function JudgePanel({ place }: { place: Place }) {
  const { t } = useI18n();
  const { start, stop, stopping, judging, isPending, error } = useJudge(place);
  const { left = 0, undecided = 0 } = judging?.tally ?? {};
  return (
    <Section title={t('judge.title')} hint={t('judge.hint')}>
      <Stack gap="md">
        <JudgeForm
          submit={t(left > 0 ? 'judge.goOn' : 'judge.start')}
          pending={isPending}
          undecided={undecided}
          error={error}
          onSubmit={start}
        />
        {judging && <JudgingProgress judging={judging} />}
        {isPending && (
          <Group>
            <Button variant="default" size="xs" onClick={stop} disabled={stopping}>
              {t(stopping ? 'judge.stopping' : 'judge.stop')}
            </Button>
          </Group>
        )}
        <ErrorNote error={error} title={t('judge.failed')}>
          {judging?.tally && <Text fz="sm">{t('judge.kept')}</Text>}
        </ErrorNote>
        {judging?.tally && (
          <Votes title={judging.tally.judge} votes={judging.tally} undecided={judging.tally.undecided} />
        )}
      </Stack>
    </Section>
  );
}

function JudgingProgress({ judging }: { judging: Judging }) {
  const { t } = useI18n();
  const { judged, unclear, refused, refusal, wanted, tally } = judging;
  const facts = [
    t('vote.judged', { judged, count: wanted }),
    unclear > 0 ? t('judge.unclear', { count: unclear }) : null,
    refused > 0 ? t('judge.refused', { count: refused }) : null,
    tally && (tally.left > 0 ? t('judge.left', { count: tally.left }) : t('judge.allSeen')),
  ];
  return (
    <Stack gap={4}>
      <Progress
        value={wanted === 0 ? 100 : (100 * askedAbout(judging)) / wanted}
        aria-label={t('judge.progress')}
      />
      <Text fz="sm" role="status">
        {facts.filter(Boolean).join(' · ')}
      </Text>
      {refusal && <Text fz="sm">{t('judge.refusal', { said: refusal })}</Text>}
      {tally && tally.undecided > 0 && (
        <Text fz="sm" c="dimmed">
          {t('judge.undecidedHint')}
        </Text>
      )}
    </Stack>
  );
}
