// @vitest-environment jsdom
import '../browser';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { http } from 'msw';
import { expect, it, vi } from 'vitest';
import { DeployPanel } from '~/features/deployments/DeployPanel';
import { refusal, server } from '../server';
import { show } from '../show';

it('forgets why another version could not answer there once another name is typed', async () => {
  server.use(
    http.post('*/api/v1/deployments', () => refusal(409, 'name_taken', 'support is taken.', 'name')),
    http.patch('*/api/v1/deployments/support', () => refusal(409, 'wrong_kind_of_model', 'It is no chat.')),
  );
  show(
    <DeployPanel modelVersionId="mv_1" modelName="Support" onDeployed={() => undefined} onClose={vi.fn()} />,
  );
  fireEvent.click(screen.getByRole('button', { name: 'Deploy' }));
  fireEvent.click(await screen.findByRole('button', { name: /support/ }));
  expect(await screen.findByText('It is no chat.')).toBeDefined();
  fireEvent.change(screen.getByLabelText(/^Name/), { target: { value: 'inbox' } });
  await waitFor(() => expect(screen.queryByText('It is no chat.')).toBeNull());
});
