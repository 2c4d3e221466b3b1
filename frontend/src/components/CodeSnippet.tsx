import { ActionIcon, Code, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './CodeSnippet.module.css';
import { CopyButton } from './CopyButton';

/** Code that is ready to be pasted. */
export function CodeSnippet({ code }: { code: string }) {
  const { t } = useI18n();
  return (
    <div className={classes.frame}>
      {/* A keyboard scrolls only what it can reach. */}
      <Code block className={classes.code} tabIndex={0}>
        {code}
      </Code>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t('common.copied') : t('common.copy')} withArrow>
            <ActionIcon
              className={classes.copy}
              variant="default"
              onClick={copy}
              aria-label={t('common.copy')}
            >
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
