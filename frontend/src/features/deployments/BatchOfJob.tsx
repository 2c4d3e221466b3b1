import { Button, Group } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { LinkButton } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';
import { batchQuery, resultPath } from './batchQueries';

interface Props {
  batchId: string;
  /** Whether there is a result. */
  done: boolean;
}

/** What came of a batch, and where it was sent; nothing once it is gone, with its deployment or after its time. */
export function BatchOfJob({ batchId, done }: Props) {
  const { t } = useI18n();
  const { data: batch } = useQuery(batchQuery(batchId));
  if (!batch) return null;
  return (
    <Group gap="xs">
      <LinkButton
        to="/deployments/$name"
        params={{ name: batch.deployment }}
        search={{ tab: 'batch' }}
        variant="default"
        size={done ? undefined : 'xs'}
      >
        {t('batch.toDeployment')}
      </LinkButton>
      {done && (
        <Button
          component="a"
          href={resultPath(batch)}
          download
          leftSection={<IconDownload size={16} aria-hidden="true" />}
        >
          {t('batch.downloadResult')}
        </Button>
      )}
    </Group>
  );
}
