import type { Delivery } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { isMessageKey } from '~/i18n/translate';

/** In seconds, as they are shown. */
export const SHORTEST = 0.01;

type Attempt = Delivery['attempts'][number];

/** What came of an attempt in a few words: the status of the answer, else why there was none. */
export function useAttemptWords(): (attempt: Attempt) => string {
  const { t } = useI18n();
  return ({ status_code: status, error }) => {
    if (status !== null) return t('delivery.answered', { status: String(status) });
    const key = `webhookError.${error?.code}`;
    return isMessageKey(key) ? t(key) : (error?.message ?? '');
  };
}
