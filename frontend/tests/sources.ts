import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..', 'src');

export interface Source {
  /** Relative to src/, with forward slashes. */
  path: string;
  text: string;
}

/** Every written source file; generated ones are left out. */
export function sources(): Source[] {
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.includes('.gen.'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { path: relative(ROOT, file).replaceAll('\\', '/'), text: readFileSync(file, 'utf-8') };
    });
}
