import { Tooltip } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';

/** How long ago, with the exact time on hover. */
export function Ago({ time }: { time: string }) {
  const { format } = useI18n();
  return (
    <Tooltip label={format.time(time)} withArrow>
      <time dateTime={time}>{format.ago(time)}</time>
    </Tooltip>
  );
}
