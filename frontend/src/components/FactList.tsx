import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './FactList.module.css';

export type Fact = readonly [name: string, value: ReactNode];

/** What is known of something, name by name; on a phone each name stands above its value. */
export function FactList({ facts }: { facts: readonly Fact[] }) {
  return (
    <Paper p={0} component="dl" className={classes.list}>
      {facts.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <Text component="dt" fz="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" fz="sm" className={classes.value}>
            {value}
          </Text>
        </div>
      ))}
    </Paper>
  );
}
