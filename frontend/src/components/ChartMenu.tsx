import { ActionIcon, Group, Menu, Tooltip } from '@mantine/core';
import { IconChartBar, IconDownload, IconFileTypeCsv, IconPhoto, IconTable } from '@tabler/icons-react';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './ChartFrame.module.css';

interface Props {
  asTable: boolean;
  onAsTable: (wanted: boolean) => void;
  /** Not given where there is no picture to save. */
  onPicture?: () => void;
  onCsv: () => void;
}

/** Switches a chart to its table and back, and saves it. */
export function ChartMenu({ asTable, onAsTable, onPicture, onCsv }: Props) {
  const { t } = useI18n();
  const other = asTable ? t('chart.asChart') : t('chart.asTable');
  return (
    <Group gap={4} wrap="nowrap" className={classes.menu}>
      <Tooltip label={other} withArrow>
        <ActionIcon variant="subtle" color="gray" aria-label={other} onClick={() => onAsTable(!asTable)}>
          {asTable ? <IconChartBar size={16} /> : <IconTable size={16} />}
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t('chart.save')}>
            <IconDownload size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {onPicture && (
            <Menu.Item leftSection={<IconPhoto size={14} aria-hidden="true" />} onClick={onPicture}>
              {t('chart.savePicture')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconFileTypeCsv size={14} aria-hidden="true" />} onClick={onCsv}>
            {t('chart.saveCsv')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
