import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { I18nProvider } from '~/i18n/I18nProvider';

/** An element as the app shows it: with its look, its language and a cache of its own; nothing is asked for twice. */
export function show(element: ReactNode) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(element, {
    wrapper: ({ children }) => (
      <QueryClientProvider client={client}>
        <MantineProvider>
          <I18nProvider>{children}</I18nProvider>
        </MantineProvider>
      </QueryClientProvider>
    ),
  });
}
