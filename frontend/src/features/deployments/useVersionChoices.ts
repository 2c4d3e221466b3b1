import { useQueries } from '@tanstack/react-query';
import type { Deployment } from '~/api/types';
import { headline } from '~/components/headline';
import { useI18n } from '~/i18n/I18nProvider';
import { versionsQuery } from './queries';

/** Every version of the models that answer now, newest first, in words. */
export function useVersionChoices(routes: Deployment['routes']): { value: string; label: string }[] {
  const { t, format } = useI18n();
  const models = [...new Map(routes.map((route) => [route.model_id, route.model_name]))];
  const found = useQueries({ queries: models.map(([id]) => versionsQuery(id)) });
  return models.flatMap(([, name], place) =>
    (found[place]?.data?.data ?? []).map(({ id, number, metrics }) => {
      const version = `${name} ${t('common.versionShort', { number })}`;
      return { value: id, label: [version, headline(metrics, t, format)].filter(Boolean).join(' · ') };
    }),
  );
}
