// Runs before the first paint, so that a remembered theme and language do not flash in late.
// A file of its own because the content security policy forbids inline scripts.
(() => {
  const root = document.documentElement;
  const read = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const scheme = read('tuneyard.color-scheme');
  const dark =
    scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
  root.lang = read('tuneyard.language') ?? (navigator.language.startsWith('zh') ? 'zh-CN' : 'en');
})();
