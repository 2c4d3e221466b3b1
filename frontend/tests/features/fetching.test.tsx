// @vitest-environment jsdom
import '../browser';
import { fireEvent, screen } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import type { Job, JobPhase } from '~/api/types';
import { BaseModelSection } from '~/features/fine-tuning/BaseModelSection';
import { JobPhases } from '~/features/jobs/JobPhases';
import { LastWords } from '~/features/jobs/LastWords';
import { server } from '../server';
import { show } from '../show';

const model = (id: string, changes: object = {}) => ({
  id,
  name: id,
  description: '',
  default: false,
  installed: false,
  parameters: 135e6,
  bytes: 538e6,
  download_bytes: 93e6,
  licence: 'Apache-2.0',
  languages: ['en'],
  tasks: ['text_generation'],
  fits: true,
  fits_reason: { code: 'all_of_it', message: 'It fits.', details: {} },
  ...changes,
});

/** Base models to choose from, and what is told of a choice. */
function choice(models: object[]) {
  server.use(http.get('*/api/v1/base-models', () => HttpResponse.json({ data: models })));
  const onChoose = vi.fn();
  show(
    <BaseModelSection
      task="text_generation"
      suggested="small"
      choices={{}}
      errorOf={() => undefined}
      onChoose={onChoose}
    />,
  );
  return onChoose;
}

describe('base models that are not on this server', () => {
  it('can be chosen, and say how much is fetched first; the one to start with is shown at once', async () => {
    const models = [model('small', { default: true }), model('large'), model('here', { installed: true })];
    const onChoose = choice(models);
    const first = await screen.findByRole('radio', { name: 'small' });
    expect(first.getAttribute('aria-checked')).toBe('true');
    expect(first.textContent).toContain('Will be fetched first, 93 MB.');
    expect(screen.getByRole('radio', { name: 'here' }).textContent).not.toContain('fetched');
    expect(screen.queryByRole('radio', { name: 'large' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Show 1 more that is not on this server yet' }));
    fireEvent.click(screen.getByRole('radio', { name: 'large' }));
    expect(onChoose).toHaveBeenCalledWith({ base: 'large' });
  });
});

describe('a base model that no worker seems to have room for', () => {
  it('says so and can be chosen: settings decide what it needs', async () => {
    const reason = { code: 'too_large', message: 'It takes at least 20.1 GB.', details: {} };
    const models = [
      model('small', { default: true }),
      model('large', { installed: true, fits: false, fits_reason: reason }),
    ];
    const onChoose = choice(models);
    const large = await screen.findByRole('radio', { name: 'large' });
    expect(large.textContent).toContain('Probably too large for every worker. It takes at least 20.1 GB.');
    fireEvent.click(large);
    expect(onChoose).toHaveBeenCalledWith({ base: 'large' });
  });
});

describe('a job that fetches its base model', () => {
  const phases = (phase: JobPhase, status = 'running') =>
    show(<JobPhases job={{ status } as Job} phase={phase} />);

  it('says so in the place of the first phase', () => {
    phases('fetching');
    const items = screen.getAllByRole('listitem').map(({ textContent }) => textContent);
    expect(items).toEqual(['Fetching the base model', 'Training', 'Evaluating', 'Packaging']);
    expect(screen.getAllByRole('listitem')[0]?.getAttribute('aria-current')).toBe('step');
  });

  it('names all four phases afterwards', () => {
    phases('training');
    expect(screen.getAllByRole('listitem')[0]?.textContent).toBe('Preparing');
  });

  it('says how much has come', () => {
    const line = { sequence: 1, at: '2026-01-01T00:00:00Z' } as const;
    const details = { name: 'SmolLM2', percent: 40, size: '93 MB' };
    const message = 'Fetching SmolLM2: 40 % of 93 MB.';
    show(
      <LastWords
        lines={[
          { ...line, kind: 'told', level: 'info', code: 'base_model_coming', message, details },
          { ...line, sequence: 2, kind: 'continued', step: 1 },
        ]}
      />,
    );
    expect(screen.getByRole('status').textContent).toBe(message);
  });
});
