// Packs what the build wrote, once and as small as it gets, so that the api need not pack it for every browser.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const FOLDER = 'dist/assets';
const FEWEST_BYTES = 500;

for (const name of readdirSync(FOLDER).filter((name) => /\.(js|css)$/.test(name))) {
  const path = join(FOLDER, name);
  const content = readFileSync(path);
  if (content.length < FEWEST_BYTES) continue;
  writeFileSync(`${path}.br`, brotliCompressSync(content));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}
