import { Badge } from '@mantine/core';
import type { Delivery } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';

const COLORS = { pending: 'blue', succeeded: 'teal', failed: 'red' } as const;

export function DeliveryBadge({ status }: Pick<Delivery, 'status'>) {
  const { t } = useI18n();
  return <Badge color={COLORS[status]}>{t(`delivery.${status}`)}</Badge>;
}
