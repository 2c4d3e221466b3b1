import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { I18nProvider } from '~/i18n/I18nProvider';
import { createQueryClient } from './queryClient';
import { createAppRouter } from './router';
import { cssVariables, theme } from './theme';

const colorScheme = localStorageColorSchemeManager({ key: 'tuneyard.color-scheme' });

export function App() {
  const [{ queryClient, router }] = useState(() => {
    // A session that ended elsewhere is noticed by whichever request comes next.
    const queryClient = createQueryClient(() => void router.invalidate());
    const router = createAppRouter(queryClient);
    return { queryClient, router };
  });
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
    >
      <I18nProvider>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nProvider>
    </MantineProvider>
  );
}
