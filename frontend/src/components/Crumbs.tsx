import { Anchor, Breadcrumbs } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import classes from './PageHeader.module.css';

export interface Crumb {
  label: string;
  to: string;
}

/** The way back up. */
export function Crumbs({ crumbs }: { crumbs: Crumb[] }) {
  return (
    <Breadcrumbs fz="sm" separatorMargin={6} classNames={{ root: classes.crumbs, breadcrumb: classes.crumb }}>
      {crumbs.map((crumb) => (
        <Anchor key={crumb.to} component={Link} to={crumb.to} c="dimmed" fz="sm">
          {crumb.label}
        </Anchor>
      ))}
    </Breadcrumbs>
  );
}
