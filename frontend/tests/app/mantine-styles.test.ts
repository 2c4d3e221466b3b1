import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sources } from '../sources';

const CORE = 'node_modules/@mantine/core';
const ALWAYS = ['baseline', 'default-css-variables', 'global'];

const all = readFileSync(`${CORE}/styles.css`, 'utf8');
const place = (name: string) => all.indexOf(readFileSync(`${CORE}/styles/${name}.css`, 'utf8').slice(0, 200));

/** The modules of Mantine by the name of what they export. */
const modules = new Map(
  readdirSync(`${CORE}/esm`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.mjs'))
    .map((path) => [basename(path, '.mjs'), join(CORE, 'esm', path)]),
);

/** Components whose styles are needed: those that our sources import, and what these are made of. */
function needed(): string[] {
  const imports = sources().flatMap(({ text }) => [
    ...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g),
  ]);
  const names = imports.flatMap(([, list = '']) => list.split(',').map((name) => name.trim()));
  const waiting = ['MantineProvider', ...names].flatMap((name) => modules.get(name) ?? []);
  const seen = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const [, next = ''] of readFileSync(path, 'utf8').matchAll(/from "(\.[^"]+)"/g)) {
      waiting.push(resolve(dirname(path), next).slice(process.cwd().length + 1));
    }
  }
  return [...seen].flatMap((path) => /(\w+)\.module\.mjs$/.exec(path)?.[1] ?? []);
}

describe('the styles of Mantine', () => {
  it('are those of the components in use, and in Mantine’s order', () => {
    const listed = [
      ...readFileSync('src/app/mantine.css', 'utf8').matchAll(/styles\/([\w-]+)\.layer\.css"/g),
    ];
    const wanted = [...ALWAYS, ...needed()].sort((one, other) => place(one) - place(other));
    expect(wanted.length).toBeGreaterThan(30);
    expect(listed.map(([, name]) => name)).toEqual(wanted);
  });
});
