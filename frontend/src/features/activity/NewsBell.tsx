import { ActionIcon, Indicator, Popover, ScrollArea, Text, Title } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import { NewsItem } from './NewsItem';
import { activityQuery, useMarkSeen } from './queries';

/** What finished or failed lately; the number tells how much of it is new to you. */
export function NewsBell() {
  const { t } = useI18n();
  const [open, setOpen] = useState(false);
  const markSeen = useMarkSeen();
  const ended = useQuery(activityQuery).data?.ended ?? [];
  const fresh = ended.filter((job) => job.is_new).length;
  const change = (opened: boolean) => {
    setOpen(opened);
    if (!opened && fresh > 0) markSeen.mutate();
  };
  return (
    <Popover opened={open} onChange={change} position="bottom-end" width={340} trapFocus shadow="md">
      <Indicator label={fresh} disabled={fresh === 0} size={16} offset={7}>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            onClick={() => change(!open)}
            aria-label={fresh > 0 ? t('news.openNew', { count: fresh }) : t('news.open')}
          >
            <IconBell size={18} stroke={1.6} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p={4} aria-label={t('news.title')}>
        <Title order={2} px={12} py={8} tabIndex={-1} data-autofocus>
          {t('news.title')}
        </Title>
        {ended.length === 0 && (
          <Text c="dimmed" fz="sm" px={12} pb={12}>
            {t('news.none')}
          </Text>
        )}
        <ScrollArea.Autosize mah={420}>
          {ended.map((job) => (
            <NewsItem key={job.id} job={job} onOpen={() => change(false)} />
          ))}
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
