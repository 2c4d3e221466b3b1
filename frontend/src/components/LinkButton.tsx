import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Linked<Props> = Props &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props> & { ref?: Ref<HTMLAnchorElement> };

/** A button that leads to another page. */
export const LinkButton = createLink((props: Linked<ButtonProps>) => <Button component="a" {...props} />);

/** A link in a text or a table. */
export const TextLink = createLink((props: Linked<AnchorProps>) => <Anchor {...props} />);
