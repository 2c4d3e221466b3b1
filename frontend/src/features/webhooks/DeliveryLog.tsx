import { Button, Group, SegmentedControl, Stack } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { EmptyNote } from '~/components/EmptyNote';
import { ErrorNote } from '~/components/ErrorNote';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { DeliveryTable } from './DeliveryTable';
import { deliveriesQuery } from './queries';
import { FILTERS, type LogFilter } from './search';

interface Props {
  webhookId: string;
  filter: LogFilter;
  onFilter: (filter: LogFilter) => void;
  onOpen: (deliveryId: string) => void;
}

/** What was sent and what came of it, the newest first. */
export function DeliveryLog({ webhookId, filter, onFilter, onOpen }: Props) {
  const { t } = useI18n();
  const log = useInfiniteQuery(deliveriesQuery(webhookId, filter));
  return (
    <Section
      title={t('delivery.title')}
      hint={t('delivery.hint')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('delivery.show')}
          value={filter}
          onChange={onFilter}
          data={FILTERS.map((value) => ({ value, label: t(`deliveryFilter.${value}`) }))}
        />
      }
    >
      <QueryView query={log}>
        {({ pages }) => {
          const found = pages.flatMap(({ data }) => data);
          if (found.length === 0) return <EmptyNote text={t(`deliveryNone.${filter}`)} />;
          return (
            <Stack gap="sm">
              <DeliveryTable deliveries={found} onOpen={onOpen} />
              {log.isFetchNextPageError && <ErrorNote error={log.error} />}
              {log.hasNextPage && (
                <Group>
                  <Button
                    size="xs"
                    variant="default"
                    loading={log.isFetchingNextPage}
                    onClick={() => log.fetchNextPage()}
                  >
                    {t('delivery.older')}
                  </Button>
                </Group>
              )}
            </Stack>
          );
        }}
      </QueryView>
    </Section>
  );
}
