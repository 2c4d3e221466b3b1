import { Tooltip, UnstyledButton } from '@mantine/core';
import type { ReactElement } from 'react';
import classes from './Term.module.css';

/** Explains what it is around, where that is pointed at, tapped or reached with the keyboard. */
export function Gloss({ text, children }: { text: string; children: ReactElement }) {
  return (
    <Tooltip label={text} multiline maw={280} withArrow events={{ hover: true, focus: true, touch: true }}>
      {children}
    </Tooltip>
  );
}

/** A word with its explanation. */
export function Term({ word, gloss }: { word: string; gloss: string }) {
  return (
    <Gloss text={gloss}>
      <UnstyledButton className={classes.term}>{word}</UnstyledButton>
    </Gloss>
  );
}
