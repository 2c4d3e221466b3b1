import { Paper } from '@mantine/core';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import classes from './CardList.module.css';

interface CardProps {
  to: LinkProps['to'];
  params: Record<string, string>;
  name: string;
  facts: ReactNode;
  aside: ReactNode;
}

/** Things below each other in one frame, each a link as wide as the frame. */
export function CardList({ children }: { children: ReactNode }) {
  return (
    <Paper p={0} component="ul" className={classes.list}>
      {children}
    </Paper>
  );
}

/** One of them: its name, a line about it, and at the right what counts. */
export function CardLink({ to, params, name, facts, aside }: CardProps) {
  return (
    <li className={classes.item}>
      <Link to={to} params={params as never} className={classes.link}>
        <span className={classes.words}>
          <span className={classes.name}>{name}</span>
          <span className={classes.facts}>{facts}</span>
        </span>
        <span className={classes.aside}>{aside}</span>
      </Link>
    </li>
  );
}
