import { Tooltip, UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './CopyableId.module.css';
import { CopyButton } from './CopyButton';

/** An id in small monospaced type; a click copies it. */
export function CopyableId({ id }: { id: string }) {
  const { t } = useI18n();
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('common.copied') : t('common.copyId')} withArrow>
          <UnstyledButton className={classes.id} onClick={copy} aria-label={`${t('common.copyId')} ${id}`}>
            {id}
            {copied ? <IconCheck size={12} /> : <IconCopy size={12} />}
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
