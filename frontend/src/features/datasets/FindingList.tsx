import { Paper, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { Finding } from '~/api/types';
import classes from './FindingList.module.css';

/** What to look at before anything is trained, the weightiest first. */
export function FindingList({ findings }: { findings: Finding[] }) {
  const sorted = findings.toSorted(
    (one, other) => Number(one.severity === 'info') - Number(other.severity === 'info'),
  );
  return (
    <Paper p={0}>
      {sorted.map((finding) => (
        <div key={`${finding.code} ${finding.column} ${finding.message}`} className={classes.finding}>
          {finding.severity === 'info' ? (
            <IconInfoCircle size={18} className={classes.info} aria-hidden="true" />
          ) : (
            <IconAlertTriangle size={18} className={classes.warning} aria-hidden="true" />
          )}
          <Stack gap={2}>
            <Text fz="sm">{finding.message}</Text>
            {finding.hint && (
              <Text fz="sm" c="dimmed">
                {finding.hint}
              </Text>
            )}
          </Stack>
        </div>
      ))}
    </Paper>
  );
}
