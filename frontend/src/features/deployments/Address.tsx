import { ActionIcon, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { CopyButton } from '~/components/CopyButton';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './Address.module.css';

/** Where a deployment answers. */
export function Address({ url }: { url: string }) {
  const { t } = useI18n();
  return (
    <div className={classes.row}>
      <Text c="dimmed" fz="sm" component="span" style={{ flex: 'none' }}>
        {t('deployments.address')}
      </Text>
      <span className={classes.url}>{url}</span>
      <CopyButton value={url}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t('common.copied') : t('common.copy')} withArrow>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              onClick={copy}
              aria-label={t('deployments.copyAddress')}
            >
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
