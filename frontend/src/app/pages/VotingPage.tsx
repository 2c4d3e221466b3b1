import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { PageHeader } from '~/components/PageHeader';
import { QueryView } from '~/components/QueryView';
import { versionQuery } from '~/features/models/queries';
import { JudgePanel } from '~/features/voting/JudgePanel';
import { VotingTable } from '~/features/voting/VotingTable';
import { useI18n } from '~/i18n/I18nProvider';

/** People judge answers of the tuned and of the untuned model, without knowing whose they are. */
export function VotingPage() {
  const { t } = useI18n();
  const { modelId, number } = useParams({ from: '/shell/models/$modelId/versions/$number/vote' });
  const version = useQuery(versionQuery(modelId, Number(number)));
  return (
    <QueryView query={version}>
      {({ id, model_name: name }) => {
        const place = { modelId, number: Number(number) };
        const versioned = `${name} ${t('common.versionShort', { number })}`;
        return (
          <>
            <PageHeader
              title={t('vote.title')}
              crumbs={[
                { label: t('nav.models'), to: '/models' },
                { label: versioned, to: `/models/${modelId}/versions/${number}` },
              ]}
              facts={t('vote.hint')}
            />
            <Stack key={id} gap="xl">
              <VotingTable place={place} />
              <JudgePanel place={place} />
            </Stack>
          </>
        );
      }}
    </QueryView>
  );
}
