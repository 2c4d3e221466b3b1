import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { sessionQuery } from '~/features/account/queries';
import { ConnectionBanner } from '~/features/activity/ConnectionBanner';
import { NewsBell } from '~/features/activity/NewsBell';
import { NewsToasts } from '~/features/activity/NewsToasts';
import { RunningIndicator } from '~/features/activity/RunningIndicator';
import { useI18n } from '~/i18n/I18nProvider';
import { PLACES } from './places';
import { SearchLauncher } from './SearchLauncher';
import classes from './Shell.module.css';

/** What surrounds every page: the rail on the left, which is a bar at the top and one at the bottom on a phone. */
export function Shell() {
  const { t } = useI18n();
  const session = useQuery(sessionQuery);
  return (
    <>
      <a className={classes.skip} href="#content">
        {t('nav.skip')}
      </a>
      <ConnectionBanner />
      <div className={classes.shell}>
        <div className={classes.rail}>
          <header className={classes.top}>
            <Text className={classes.workspace} fw={600} truncate>
              {session.data?.workspace.name}
            </Text>
            <NewsBell />
            <div className={classes.search}>
              <SearchLauncher />
            </div>
          </header>
          <nav className={classes.places} aria-label={t('nav.label')}>
            {PLACES.map(({ to, label, icon: Icon }) => (
              <Link key={label} to={to} className={classes.place} activeOptions={{ exact: to === '/' }}>
                <Icon size={18} stroke={1.6} aria-hidden="true" />
                <span>{t(label)}</span>
              </Link>
            ))}
          </nav>
          <aside className={classes.running} aria-label={t('nav.runningLabel')}>
            <RunningIndicator />
          </aside>
        </div>
        <main id="content" className={classes.content}>
          <Outlet />
        </main>
      </div>
      <NewsToasts />
    </>
  );
}
