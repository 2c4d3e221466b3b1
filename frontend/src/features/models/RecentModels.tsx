import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Model } from '~/api/types';
import { Ago } from '~/components/Ago';
import { CardLink, CardList } from '~/components/CardList';
import { headline } from '~/components/headline';
import { signedPoints } from '~/components/signedPoints';
import { useI18n } from '~/i18n/I18nProvider';
import { evaluationQuery } from './queries';
import { sinceVersionBefore } from './sinceVersionBefore';

/** Models with how good their newest version is, and whether that is more than the version before. */
export function RecentModels({ models }: { models: Model[] }) {
  const { t, format } = useI18n();
  return (
    <CardList>
      {models.map(({ id, name, latest_version: version }) => (
        <CardLink
          key={id}
          to="/models/$modelId/versions/$number"
          params={{ modelId: id, number: String(version.number) }}
          name={name}
          facts={
            <>
              {t('common.versionShort', { number: version.number })} · {version.dataset} ·{' '}
              <Ago time={version.created_at} />
            </>
          }
          aside={
            <>
              <Text span fz="sm" fw={500} display="block">
                {headline(version.metrics, t, format)}
              </Text>
              {version.number > 1 && version.metrics.accuracy !== undefined && (
                <Change modelId={id} number={version.number} />
              )}
            </>
          }
        />
      ))}
    </CardList>
  );
}

/** Against the version before, on the same rows. */
function Change({ modelId, number }: { modelId: string; number: number }) {
  const { t, format } = useI18n();
  const { data } = useQuery(evaluationQuery(modelId, number));
  const change = data?.task === 'text_classification' ? sinceVersionBefore(data) : undefined;
  if (!change) return null;
  const { sign, color } = MARKS[change.level];
  return (
    <Text span fz="xs" display="block" c="dimmed">
      <span aria-hidden="true" style={{ color }}>
        {sign}
      </span>{' '}
      {t('models.change', { points: signedPoints(change.value, format), number: number - 1 })}
    </Text>
  );
}

const MARKS = {
  better: { sign: '▲', color: 'var(--mantine-primary-color-filled)' },
  worse: { sign: '▼', color: 'var(--ty-danger)' },
  similar: { sign: '≈', color: undefined },
};
