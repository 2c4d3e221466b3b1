import { Anchor } from '@mantine/core';
import type { Delivery } from '~/api/types';
import { Ago } from '~/components/Ago';
import { DataTable } from '~/components/DataTable';
import { useI18n } from '~/i18n/I18nProvider';
import { DeliveryBadge } from './DeliveryBadge';
import { SHORTEST, useAttemptWords } from './useAttemptWords';

interface Props {
  deliveries: Delivery[];
  onOpen: (deliveryId: string) => void;
}

export function DeliveryTable({ deliveries, onOpen }: Props) {
  const { t, format } = useI18n();
  const words = useAttemptWords();
  return (
    <DataTable
      label={t('delivery.title')}
      rows={deliveries}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'event',
          header: t('delivery.event'),
          wide: true,
          cell: ({ id, type }) => (
            <Anchor component="button" type="button" fz="sm" onClick={() => onOpen(id)}>
              {t(`webhookEvent.${type}`)}
            </Anchor>
          ),
        },
        {
          key: 'about',
          header: t('delivery.about'),
          cell: ({ payload }) => nameIn(payload),
        },
        { key: 'time', header: t('delivery.time'), cell: ({ created_at: time }) => <Ago time={time} /> },
        {
          key: 'status',
          header: t('common.status'),
          cell: ({ status }) => <DeliveryBadge status={status} />,
        },
        {
          key: 'attempts',
          header: t('delivery.attempts'),
          numeric: true,
          cell: (item) => item.attempts.length,
        },
        {
          key: 'last',
          header: t('delivery.last'),
          cell: ({ attempts }) => {
            const last = attempts.at(-1);
            return (
              last &&
              `${words(last)} · ${t('delivery.took', { seconds: format.number(Math.max(last.seconds, SHORTEST), 2) })}`
            );
          },
        },
      ]}
    />
  );
}

/** The name of the job or deployment that a payload is about. */
function nameIn(payload: Delivery['payload']): string {
  const { name } = (payload.data ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : '';
}
