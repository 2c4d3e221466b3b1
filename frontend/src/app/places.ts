import {
  IconCloudUp,
  IconCpu,
  IconDatabase,
  IconHome,
  IconListDetails,
  IconSettings,
  type TablerIcon,
} from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';
import type { MessageKey } from '~/i18n/translate';

interface Place {
  to: LinkProps['to'];
  label: MessageKey;
  icon: TablerIcon;
}

/** The main pages, in the order of the rail. */
export const PLACES: Place[] = [
  { to: '/', label: 'nav.home', icon: IconHome },
  { to: '/datasets', label: 'nav.datasets', icon: IconDatabase },
  { to: '/jobs', label: 'nav.jobs', icon: IconListDetails },
  { to: '/models', label: 'nav.models', icon: IconCpu },
  { to: '/deployments', label: 'nav.deployments', icon: IconCloudUp },
  { to: '/settings', label: 'nav.settings', icon: IconSettings },
];
