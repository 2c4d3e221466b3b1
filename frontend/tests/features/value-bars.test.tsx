// @vitest-environment jsdom
import '../browser';
import { fireEvent, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import type { ColumnProfile } from '~/api/types';
import { ValueBars } from '~/features/datasets/ValueBars';
import { show } from '../show';

it('shows values that begin alike, as chats with one system message do, each once', () => {
  const complaints = vi.spyOn(console, 'error');
  const value = '[{"role": "system", "content": "You answer for the support of Acme';
  const values = Array.from({ length: 12 }, (_, place) => ({ value, count: 12 - place }));
  const column = { name: 'messages', distinct: 12, top_values: values } as ColumnProfile;
  show(<ValueBars column={column} rows={78} />);
  fireEvent.click(screen.getByRole('button'));
  expect(screen.getAllByRole('listitem')).toHaveLength(12);
  fireEvent.click(screen.getByRole('button'));
  expect(screen.getAllByRole('listitem')).toHaveLength(8);
  expect(complaints).not.toHaveBeenCalled();
});
