// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, it, vi } from 'vitest';
import type { Comparison, ModelVersion } from '~/api/types';
import { ComparisonVerdict } from '~/features/models/ComparisonVerdict';
import { ModelCard } from '~/features/models/ModelCard';
import { I18nProvider } from '~/i18n/I18nProvider';

const CARD = `---
license: "apache-2.0"
---

# Tickets

<img src=x onerror="alert(1)"> <script>alert(1)</script> <iframe src="https://example.com"></iframe>

[click](javascript:alert(1)) ![](https://example.com/a.png) [docs](https://example.com/docs)

| class | F1 |
|---|---|
| <b>billing</b> | 0.9 |
`;

function show(element: ReactNode) {
  return render(
    <MantineProvider>
      <I18nProvider>
        <QueryClientProvider client={new QueryClient()}>{element}</QueryClientProvider>
      </I18nProvider>
    </MantineProvider>,
  );
}

it('renders the card, and nothing in it that acts or loads', async () => {
  vi.stubGlobal('fetch', async () => new Response(CARD, { headers: { 'content-type': 'text/markdown' } }));
  const { container } = show(<ModelCard version={{ model_id: 'm', number: 1 } as ModelVersion} />);
  expect(await screen.findByRole('heading', { name: 'Tickets', level: 3 })).toBeDefined();
  expect(container.querySelectorAll('img, script, iframe, b, [onerror]')).toHaveLength(0);
  expect(container.innerHTML).not.toContain('href="javascript');
  expect(container.textContent).not.toContain('license');
  expect(screen.getByRole('cell', { name: '<b>billing</b>' })).toBeDefined();
  expect(screen.getByRole('link', { name: 'docs' }).getAttribute('href')).toBe('https://example.com/docs');
});

const alike: Comparison = {
  same_rows: false,
  rows: 100,
  other_rows: 120,
  shared_rows: 40,
  relabelled_rows: 1,
  correct: 39,
  other_correct: 30,
  fixed: 10,
  broken: 1,
  difference: { value: 0.225, low: 0.07, high: 0.35 },
  level: 'better',
};

it('says plainly when two versions took different exams', () => {
  show(<ComparisonVerdict comparison={alike} one="v2" other="v1" />);
  expect(screen.getByText(/v2 is clearly better than v1: \+22.5 \(\+7 … \+35\) points/)).toBeDefined();
  expect(screen.getByText(/different exams, v2 of 100 rows and v1 of 120. Only the 40 rows/)).toBeDefined();
  expect(screen.getByText(/1 more row has another label/)).toBeDefined();
});

it('says so when nothing can be compared', () => {
  const nothing = { ...alike, shared_rows: 0, relabelled_rows: 0, difference: null, level: null };
  show(<ComparisonVerdict comparison={nothing} one="v2" other="v1" />);
  expect(screen.getByText(/can’t be compared row by row/)).toBeDefined();
  expect(screen.queryByText(/fixed/)).toBeNull();
});
