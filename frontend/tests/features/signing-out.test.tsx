// @vitest-environment jsdom
import '../browser';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { Browsers } from '~/features/account/Browsers';
import { keepTurns, keptTurns } from '~/features/chat/keptTurns';
import { show } from '../show';

it('leaves no conversation behind in the tab', async () => {
  vi.stubGlobal('fetch', async () => Response.json({ data: [], has_more: false }));
  keepTurns('a chat', [{ id: 1, question: 'What do I owe?', answers: {} }]);
  const leave = vi.fn(async () => undefined);
  show(<Browsers leave={leave} />);

  fireEvent.click(await screen.findByRole('button', { name: 'Sign out' }));

  await waitFor(() => expect(keptTurns('a chat')).toEqual([]));
  expect(leave).toHaveBeenCalledOnce();
});
