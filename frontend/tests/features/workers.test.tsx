// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Worker } from '~/api/types';
import { WorkerTable } from '~/features/workers/WorkerTable';
import { I18nProvider } from '~/i18n/I18nProvider';

const WORKER = {
  id: 'worker_1',
  host: 'trainer-1',
  queues: ['train'],
  device: 'NVIDIA A10G',
  device_saying: null,
  cores: 8,
  memory_bytes: 1.2e9,
  memory_total_bytes: 32e9,
  card_memory_bytes: 24e9,
  version: '0.1.0',
  alive: true,
  busy: false,
  job: null,
  heartbeat_age_seconds: 2,
} as unknown as Worker;

it('tells the memory of a card beside that of its machine', () => {
  const alone = { ...WORKER, id: 'worker_2', device: 'cpu, 2 threads', card_memory_bytes: 0 };
  render(
    <MantineProvider>
      <I18nProvider>
        <WorkerTable workers={[WORKER, alone]} />
      </I18nProvider>
    </MantineProvider>,
  );
  expect(screen.getAllByText('1.2 GB of 32 GB')).toHaveLength(2);
  expect(screen.getByText('24 GB on its smallest card')).toBeDefined();
});
