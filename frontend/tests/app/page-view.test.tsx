// @vitest-environment jsdom
import '../browser';
import { render, screen, within } from '@testing-library/react';
import { delay, http } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { App } from '~/app/App';
import { refusal, server } from '../server';

const JOB = '*/api/v1/jobs/job_9';

beforeEach(() => {
  localStorage.setItem('tuneyard.language', 'en');
  window.history.replaceState(null, '', '/jobs/job_9');
});

async function wayBack() {
  const main = within(await screen.findByRole('main'));
  return main.findByRole('link', { name: 'Jobs' });
}

describe('a page about one thing', () => {
  it('says where it belongs while it waits', async () => {
    server.use(http.get(JOB, () => delay('infinite')));
    render(<App />);
    expect((await wayBack()).getAttribute('href')).toBe('/jobs');
    expect(await screen.findByRole('group', { name: 'Loading' })).toBeDefined();
    expect(document.title).toBe('Jobs · Tuneyard');
  });

  it('leads back where there is none', async () => {
    server.use(http.get(JOB, () => refusal(404, 'not_found', "There is no job 'job_9'.")));
    render(<App />);
    expect(await screen.findByText("There is no job 'job_9'.")).toBeDefined();
    expect((await wayBack()).getAttribute('href')).toBe('/jobs');
    expect(screen.queryByRole('group', { name: 'Loading' })).toBeNull();
  });
});
