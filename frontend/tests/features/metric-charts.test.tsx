// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import MetricCharts from '~/features/jobs/MetricCharts';
import { I18nProvider } from '~/i18n/I18nProvider';

function show(name: string) {
  const points = [1, 2].map((step) => ({ x: step, step, epoch: 0, run: 0, values: { [name]: 0.5 } }));
  render(
    <MantineProvider>
      <I18nProvider>
        <MetricCharts points={points} />
      </I18nProvider>
    </MantineProvider>,
  );
}

describe('the curve of what is right', () => {
  it('is one of answers for a model that sorts', () => {
    show('validation_accuracy');
    expect(screen.getByText('Right answers')).toBeDefined();
  });

  it('is one of tokens for a model that writes', () => {
    show('validation_token_accuracy');
    expect(screen.getByText('Right tokens')).toBeDefined();
    expect(screen.queryByText('Right answers')).toBeNull();
  });

  it('is one of pairs for a model that learns which answer is better', () => {
    show('validation_preference_accuracy');
    expect(screen.getByText('Better answers preferred')).toBeDefined();
    expect(screen.queryByText('Right answers')).toBeNull();
  });
});
