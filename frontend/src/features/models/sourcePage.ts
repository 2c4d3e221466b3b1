/** Where a person can read about a base model; nothing for one of a folder of the server. */
export function sourcePage(source: string): string | undefined {
  const [kind, ...rest] = source.split(':');
  const place = rest.join(':');
  if (kind === 'wheel') return `https://pypi.org/project/${place.replace('==', '/')}/`;
  if (kind === 'hub') return `https://huggingface.co/${place.split('@')[0]}`;
  return undefined;
}
