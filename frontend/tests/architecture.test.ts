import { dirname, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sources } from './sources';

const MAY_IMPORT: Record<string, string[]> = {
  app: ['app', 'features', 'components', 'i18n', 'api'],
  features: ['features', 'components', 'i18n', 'api'],
  components: ['components', 'i18n', 'api'],
  i18n: ['i18n'],
  api: ['api'],
};

function imported(path: string, text: string): string[] {
  const targets = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target]) => target ?? '');
  return targets.flatMap((target) => {
    if (target.startsWith('~/')) return [target.slice(2)];
    // A file that is shipped with the page is no code.
    return target.startsWith('.') && !target.endsWith('?url') ? [posix.join(dirname(path), target)] : [];
  });
}

const files = sources().filter(({ path }) => path.includes('/'));
const edges = files.flatMap(({ path, text }) => imported(path, text).map((target) => ({ path, target })));

describe('who may import whom', () => {
  it('goes from app to features to components to i18n and api', () => {
    const wrong = edges.filter(({ path, target }) => {
      const [from = '', to = ''] = [path.split('/')[0], target.split('/')[0]];
      return !MAY_IMPORT[from]?.includes(to);
    });
    expect(edges.length).toBeGreaterThan(100);
    expect(wrong).toEqual([]);
  });

  it('lets no feature import another', () => {
    const wrong = edges.filter(({ path, target }) => {
      const [layer, feature] = path.split('/');
      const [toLayer, toFeature] = target.split('/');
      return layer === 'features' && toLayer === 'features' && feature !== toFeature;
    });
    expect(wrong).toEqual([]);
  });

  it('keeps files small enough to be read at once', () => {
    const long = sources().filter(
      ({ path, text }) => !path.startsWith('i18n/') && text.split('\n').length > 200,
    );
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});
