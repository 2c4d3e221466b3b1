import { useI18n } from '~/i18n/I18nProvider';

const NOTHING = '–';

/** Writes a latency with as many digits as it means something with. */
export function useMilliseconds(): (value: number | null) => string {
  const { t, format } = useI18n();
  return (value) =>
    value === null ? NOTHING : t('traffic.milliseconds', { value: format.number(value, value < 10 ? 1 : 0) });
}
