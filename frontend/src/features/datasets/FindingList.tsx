import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { Finding } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './FindingList.module.css';
import type { DatasetSearch } from './search';
import { useFindingText } from './useFindingText';

interface Props {
  findings: Finding[];
  onSearch: (change: Partial<DatasetSearch>) => void;
}

/** Everything that was found, the weightiest first, each with the way to its rows. */
export function FindingList({ findings, onSearch }: Props) {
  const sorted = findings
    .map((finding, place) => ({ finding, place }))
    .toSorted((one, other) => Number(isInfo(one.finding)) - Number(isInfo(other.finding)));
  return (
    <Paper p={0} component="ul" className={classes.list}>
      {sorted.map(({ finding, place }) => (
        <FindingItem
          key={place}
          finding={finding}
          onRows={() => onSearch({ tab: 'table', finding: place, row: undefined })}
        />
      ))}
    </Paper>
  );
}

function FindingItem({ finding, onRows }: { finding: Finding; onRows: () => void }) {
  const { t } = useI18n();
  const text = useFindingText();
  const hint = text.hint(finding);
  return (
    <li className={classes.finding}>
      {isInfo(finding) ? (
        <IconInfoCircle size={18} className={classes.info} role="img" aria-label={t('datasets.remark')} />
      ) : (
        <IconAlertTriangle
          size={18}
          className={classes.warning}
          role="img"
          aria-label={t('datasets.warning')}
        />
      )}
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start" className={classes.body}>
        <Stack gap={2} style={{ minWidth: 0 }}>
          <Text fz="sm" className={classes.text}>
            {text.message(finding)}
          </Text>
          {hint && (
            <Text fz="sm" c="dimmed" className={classes.text}>
              {hint}
            </Text>
          )}
        </Stack>
        {finding.rows.length > 0 && (
          <Button size="xs" variant="default" onClick={onRows} flex="none">
            {t('datasets.showRows', { count: finding.rows.length })}
          </Button>
        )}
        {finding.code === 'rejected_lines' && (
          <Button size="xs" variant="default" component="a" href="#rejects" flex="none">
            {t('datasets.showLines')}
          </Button>
        )}
      </Group>
    </li>
  );
}

function isInfo({ severity }: Finding): boolean {
  return severity === 'info';
}
