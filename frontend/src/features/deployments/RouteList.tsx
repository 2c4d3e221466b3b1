import type { Deployment } from '~/api/types';
import { TextLink } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';

/** Which versions answer, with their shares where there are several. */
export function RouteList({ routes }: Pick<Deployment, 'routes'>) {
  const { t, format } = useI18n();
  const sum = routes.reduce((total, { weight }) => total + weight, 0);
  return routes.map(({ model_version_id: id, model_id: modelId, model_name: name, number, weight }) => (
    <span key={id}>
      <TextLink to="/models/$modelId/versions/$number" params={{ modelId, number: String(number) }} fz="sm">
        {name} {t('common.versionShort', { number })}
      </TextLink>{' '}
      {routes.length > 1 && format.percent(weight / sum, 0)}
    </span>
  ));
}
