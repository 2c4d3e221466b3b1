import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// `npm run dev` shows the sources live; the API is taken from a running `tuneyard up`.
const api = process.env.TUNEYARD_API_URL ?? 'http://127.0.0.1:8321';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: 'dist',
    sourcemap: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    manifest: 'manifest.json',
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What most pages need is one file, and the rest of the first load another.
          groups: [
            { name: 'common', minShareCount: 7, priority: 2 },
            { name: 'first', tags: ['$initial'], priority: 1 },
          ],
        },
      },
    },
  },
  // The sample spreadsheet is taken from examples/.
  server: {
    fs: { allow: ['..'] },
    proxy: { '/api': api, '/hf': api, '/v1': api, '/healthz': api, '/readyz': api },
  },
  test: { testTimeout: 30_000, include: ['tests/**/*.test.{ts,tsx}'] },
});
