import { Text } from '@mantine/core';
import {
  IconCloudUp,
  IconCpu,
  IconDatabase,
  IconHome,
  IconListDetails,
  IconSettings,
  type TablerIcon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps, Outlet } from '@tanstack/react-router';
import { sessionQuery } from '~/features/account/queries';
import { RunningJobs } from '~/features/jobs/RunningJobs';
import { useI18n } from '~/i18n/I18nProvider';
import type { MessageKey } from '~/i18n/translate';
import classes from './Shell.module.css';

interface Place {
  to: LinkProps['to'];
  label: MessageKey;
  icon: TablerIcon;
}

const PLACES: Place[] = [
  { to: '/', label: 'nav.home', icon: IconHome },
  { to: '/datasets', label: 'nav.datasets', icon: IconDatabase },
  { to: '/jobs', label: 'nav.jobs', icon: IconListDetails },
  { to: '/models', label: 'nav.models', icon: IconCpu },
  { to: '/deployments', label: 'nav.deployments', icon: IconCloudUp },
  { to: '/settings', label: 'nav.settings', icon: IconSettings },
];

/** What surrounds every page: the rail on the left, which is a bar at the bottom on a phone. */
export function Shell() {
  const { t } = useI18n();
  const session = useQuery(sessionQuery);
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {t('nav.skip')}
      </a>
      <div className={classes.rail}>
        <Text className={classes.workspace} fw={600} truncate>
          {session.data?.workspace.name}
        </Text>
        <nav className={classes.places} aria-label={t('nav.label')}>
          {PLACES.map(({ to, label, icon: Icon }) => (
            <Link key={label} to={to} className={classes.place} activeOptions={{ exact: to === '/' }}>
              <Icon size={18} stroke={1.6} aria-hidden="true" />
              <span>{t(label)}</span>
            </Link>
          ))}
        </nav>
        <div className={classes.running}>
          <RunningJobs />
        </div>
      </div>
      <main id="content" className={classes.content}>
        <Outlet />
      </main>
    </div>
  );
}
