// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { MetricValues } from '~/features/jobs/MetricValues';
import { I18nProvider } from '~/i18n/I18nProvider';

it('explains a word of the trade to whoever reaches it, and leaves one alone that it can’t explain', async () => {
  render(
    <MantineProvider>
      <I18nProvider>
        <MetricValues values={{ macro_f1: 0.9, brand_new: 3 }} />
      </I18nProvider>
    </MantineProvider>,
  );
  fireEvent.focus(screen.getByRole('button', { name: 'F1, every class alike' }));
  expect(await screen.findByText(/a class of few rows counts as much/)).toBeDefined();
  expect(screen.getByText('brand new')).toBeDefined();
  expect(screen.getAllByRole('button')).toHaveLength(1);
});
