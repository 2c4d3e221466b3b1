import { Anchor, Paper, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import Markdown from 'markdown-to-jsx';
import type { ReactNode } from 'react';
import type { ModelVersion } from '~/api/types';
import { QueryView } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './ModelCard.module.css';
import { cardQuery } from './queries';

/** Headings start under those of the page; a card has no frames, pictures or forms. */
const OPTIONS = {
  disableParsingRawHTML: true,
  forceBlock: true,
  overrides: {
    h1: { component: 'h3' },
    h2: { component: 'h4' },
    h3: { component: 'h5' },
    img: () => null,
    input: () => null,
    table: ({ children }: { children: ReactNode }) => (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard scrolls only what it can reach.
      <div className={classes.scroll} tabIndex={0}>
        <Table fz="sm">{children}</Table>
      </div>
    ),
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the same.
    pre: ({ children }: { children: ReactNode }) => <pre tabIndex={0}>{children}</pre>,
    a: ({ href, children }: { href?: string; children: ReactNode }) => (
      <Anchor href={href} target="_blank" rel="noreferrer" fz="inherit">
        {children}
      </Anchor>
    ),
  },
} as const;

/** The card that goes with the files, rendered; what looks like HTML in it stays text. */
export function ModelCard({ version }: { version: ModelVersion }) {
  const { language } = useI18n();
  const card = useQuery(cardQuery(version.model_id, version.number, language));
  return (
    <QueryView query={card} rows={10}>
      {({ text, language }) => (
        <Paper p="lg" className={classes.card} lang={language}>
          <Markdown options={OPTIONS}>{text}</Markdown>
        </Paper>
      )}
    </QueryView>
  );
}
