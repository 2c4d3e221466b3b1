import type { ModelVersion } from '~/api/types';

export const FORMATS = ['transformers', 'onnx', 'adapter', 'gguf', 'full'] as const;
export type DownloadFormat = (typeof FORMATS)[number];

const FOLDERS: Record<DownloadFormat, string> = {
  transformers: 'model/',
  onnx: 'onnx/',
  adapter: 'adapter/',
  gguf: 'gguf/',
  full: '',
};

/** About the size of a download: its files, without the small ones that every zip has. */
export function downloadBytes(files: ModelVersion['files'], format: DownloadFormat): number {
  return files
    .filter(({ path }) => path.startsWith(FOLDERS[format]))
    .reduce((sum, { bytes }) => sum + bytes, 0);
}
