import { SegmentedControl, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TrafficPeriod } from '~/api/types';
import { EmptyNote } from '~/components/EmptyNote';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { PERIODS } from './search';
import { TrafficCharts } from './TrafficCharts';
import { TrafficNumbers } from './TrafficNumbers';
import { trafficQuery } from './trafficQueries';

interface Props {
  name: string;
  period: TrafficPeriod;
  onPeriod: (period: TrafficPeriod) => void;
}

/** Requests, errors and latency over time. */
export function TrafficPanel({ name, period, onPeriod }: Props) {
  const { t } = useI18n();
  const traffic = useQuery(trafficQuery(name, period));
  return (
    <Section
      title={t('traffic.title')}
      hint={t('traffic.hint')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={t('traffic.period')}
          value={period}
          onChange={(value) => onPeriod(value as TrafficPeriod)}
          data={PERIODS.map((value) => ({ value, label: t(`traffic.${value}`) }))}
        />
      }
    >
      <QueryView query={traffic} rows={8}>
        {(found) => (
          <Stack gap="md">
            <TrafficNumbers total={found.total} />
            {found.total.requests === 0 ? (
              <EmptyNote text={t('traffic.none')} />
            ) : (
              <TrafficCharts name={name} traffic={found} />
            )}
          </Stack>
        )}
      </QueryView>
    </Section>
  );
}
