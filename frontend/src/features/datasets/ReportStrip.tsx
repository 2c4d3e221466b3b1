import { Button, Group, Paper, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import type { DatasetVersion } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './FindingList.module.css';

interface Props {
  version: DatasetVersion;
  onOpen: () => void;
  onRepair: () => void;
}

/** What the report comes to, on top of every view of a version. */
export function ReportStrip({ version, onOpen, onRepair }: Props) {
  const { t } = useI18n();
  const warnings = version.findings.filter(({ severity }) => severity !== 'info').length;
  return (
    <Paper py="xs" mb="md">
      <Group justify="space-between" gap="xs">
        <Group gap="xs" wrap="nowrap">
          {warnings > 0 ? (
            <IconAlertTriangle size={18} className={classes.warning} aria-hidden="true" />
          ) : (
            <IconCircleCheck size={18} className={classes.info} aria-hidden="true" />
          )}
          <Text fz="sm">
            {warnings > 0 ? t('datasets.warnings', { count: warnings }) : t('datasets.reportClean')}
          </Text>
        </Group>
        <Group gap="xs">
          {version.findings.length > 0 && (
            <Button size="xs" variant="default" onClick={onOpen}>
              {t('datasets.openReport')}
            </Button>
          )}
          {version.repairs.length > 0 && (
            <Button size="xs" variant="default" onClick={onRepair}>
              {t('repair.open')}
            </Button>
          )}
        </Group>
      </Group>
    </Paper>
  );
}
