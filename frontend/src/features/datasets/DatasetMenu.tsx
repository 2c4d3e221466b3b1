import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconDownload, IconFileUpload, IconTableOptions, IconTrash } from '@tabler/icons-react';
import type { DatasetVersion } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { downloadAddress } from './VersionsTab';

interface Props {
  version?: DatasetVersion;
  onUpload: () => void;
  onReading: () => void;
  onDelete: () => void;
}

/** What else can be done with a dataset. */
export function DatasetMenu({ version, onUpload, onReading, onDelete }: Props) {
  const { t } = useI18n();
  const icon = { size: 16, stroke: 1.6 };
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label={t('datasets.more')}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {version &&
          (['original', 'csv', 'parquet'] as const).map((kind) => (
            <Menu.Item
              key={kind}
              component="a"
              href={downloadAddress(version, kind)}
              download
              leftSection={<IconDownload {...icon} />}
            >
              {t(`download.${kind}Long`)}
            </Menu.Item>
          ))}
        {version && <Menu.Divider />}
        <Menu.Item leftSection={<IconFileUpload {...icon} />} onClick={onUpload}>
          {t('datasets.uploadVersion')}
        </Menu.Item>
        <Menu.Item leftSection={<IconTableOptions {...icon} />} onClick={onReading}>
          {t('reading.title')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash {...icon} />} color="red" onClick={onDelete}>
          {t('datasets.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
