import { Skeleton } from '@mantine/core';

/** Title, lines and legend of a chart in its frame. */
const HEIGHT = 318;

/** Stands where a chart will be, so that nothing below it moves when it comes. */
export function ChartSkeleton() {
  return <Skeleton height={HEIGHT} />;
}
