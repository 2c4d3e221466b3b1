import { Button, Stack, Text, VisuallyHidden } from '@mantine/core';
import type { Revision } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useRollBack } from './queries';
import { RouteList } from './RouteList';

/** Every choice of versions there was, with the way back to those that passed their check. */
export function RevisionTable({ name, revisions }: { name: string; revisions: Revision[] }) {
  const { t } = useI18n();
  const rollBack = useRollBack(name);
  return (
    <Stack gap="xs">
      <ErrorNote error={rollBack.error} />
      <DataTable
        label={t('history.title')}
        rows={revisions}
        rowKey={({ number }) => number}
        columns={[
          { key: 'number', header: t('history.number'), numeric: true, cell: ({ number }) => number },
          {
            key: 'answers',
            header: t('deployments.answers'),
            cell: ({ routes }) => (
              <Stack gap={2}>
                <RouteList routes={routes} />
              </Stack>
            ),
          },
          {
            key: 'state',
            header: t('common.status'),
            wide: true,
            cell: (revision) => <State revision={revision} />,
          },
          { key: 'asked', header: t('history.asked'), cell: ({ created_at: time }) => <Ago time={time} /> },
          {
            key: 'back',
            header: <VisuallyHidden>{t('history.back')}</VisuallyHidden>,
            cell: ({ number, state }) =>
              state === 'passed' && (
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => rollBack.mutate(number)}
                  loading={rollBack.isPending && rollBack.variables === number}
                >
                  {t('history.back')}
                </Button>
              ),
          },
        ]}
      />
    </Stack>
  );
}

function State({ revision: { state, checks, routes } }: { revision: Revision }) {
  const { t } = useI18n();
  return (
    <Stack gap={2}>
      <Text fz="sm" fw={state === 'serving' ? 600 : undefined}>
        {t(`revision.${state}`)}
      </Text>
      {checks.map((check) => {
        const route = routes.find(({ model_version_id: id }) => id === check.model_version_id);
        const version = t('common.versionShort', { number: route?.number ?? 0 });
        const agreeing = check.agreeing ?? 0;
        return (
          <Text key={check.model_version_id} fz="sm" c={check.passed ? 'dimmed' : undefined}>
            {check.rows === null
              ? [t('check.notLoaded', { version }), check.message].filter(Boolean).join(' ')
              : check.passed
                ? t('check.passed', { version, rows: check.rows })
                : t('check.failed', { version, rows: check.rows, wrong: check.rows - agreeing })}
          </Text>
        );
      })}
    </Stack>
  );
}
