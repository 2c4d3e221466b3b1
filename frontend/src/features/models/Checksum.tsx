import { Tooltip, UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { CopyButton } from '~/components/CopyButton';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './Lineage.module.css';

const SHOWN = 8;

/** The ends of a checksum; a click copies the whole. */
export function Checksum({ sha256 }: { sha256: string }) {
  const { t } = useI18n();
  return (
    <CopyButton value={sha256}>
      {({ copied, copy }) => {
        const Shown = copied ? IconCheck : IconCopy;
        return (
          <Tooltip label={copied ? t('common.copied') : t('lineage.copyChecksum')} withArrow>
            <UnstyledButton className={classes.checksum} onClick={copy}>
              {`sha256 ${sha256.slice(0, SHOWN)}…${sha256.slice(-SHOWN)}`}
              <Shown size={12} aria-hidden="true" />
            </UnstyledButton>
          </Tooltip>
        );
      }}
    </CopyButton>
  );
}
