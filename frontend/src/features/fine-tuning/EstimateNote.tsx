import { Alert, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { Estimate } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';

/** What the fine-tune will take, and what may disappoint. */
export function EstimateNote({ estimate }: { estimate: Estimate | undefined }) {
  const { t, format } = useI18n();
  if (!estimate) return <Skeleton height={44} />;
  return (
    <Stack gap="xs">
      <div>
        <Text fz="sm">
          {t('estimate.time', {
            time: format.duration(estimate.seconds),
            memory: format.bytes(estimate.memory_bytes),
            device: estimate.device,
          })}
        </Text>
        <Text fz="sm" c="dimmed">
          {t('estimate.rows', {
            train: estimate.train_rows,
            heldOut: estimate.held_out_rows,
            model: estimate.base_model,
          })}{' '}
          {t('estimate.basis', { basis: estimate.basis })}
        </Text>
      </div>
      {estimate.warnings.map((warning) => (
        <Alert key={warning} color="yellow" icon={<IconAlertTriangle size={18} />}>
          {warning}
        </Alert>
      ))}
    </Stack>
  );
}
