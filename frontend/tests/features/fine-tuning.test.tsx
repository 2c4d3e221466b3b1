// @vitest-environment jsdom
import '../browser';
import { readFileSync } from 'node:fs';
import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { DatasetVersion } from '~/api/types';
import { answersIn } from '~/features/fine-tuning/answersIn';
import { ColumnSection } from '~/features/fine-tuning/ColumnSection';
import { choicesIn, requestOf, searchOf } from '~/features/fine-tuning/choices';
import { HyperparameterField } from '~/features/fine-tuning/HyperparameterField';
import { changesIn } from '~/features/fine-tuning/settings';
import { hyperparametersZhCN } from '~/i18n/hyperparameters.zh-CN';
import { I18nProvider } from '~/i18n/I18nProvider';
import { translator } from '~/i18n/translate';

const version = {
  dataset_id: 'ds_1',
  number: 2,
  suggested_columns: { text: ['subject', 'body'], label: 'category' },
} as unknown as DatasetVersion;

describe('the choices in the address', () => {
  it('are what is suggested where nothing was chosen', () => {
    expect(requestOf({}, version, {})).toMatchObject({
      version: 2,
      columns: { text: ['subject', 'body'], label: 'category' },
      base_model: 'auto',
      preset: 'fast',
      hyperparameters: null,
      name: null,
    });
  });

  it('survive whatever somebody writes there', () => {
    expect(choicesIn({ preset: 'huge', text: { a: 1 }, seed: -1, set: 'x', version: 1.5 })).toEqual({
      text: [],
    });
    expect(choicesIn({ text: 'body', label: 3, set: { epochs: 5, x: [] } })).toEqual({
      text: ['body'],
      label: '3',
      set: { epochs: 5 },
    });
  });

  it('of a job lead to the same job again', () => {
    const spec = {
      task: 'text_classification' as const,
      columns: { text: 'body', label: 'category' },
      base_model: 'all-minilm-l6-v2',
      preset: 'balanced' as const,
      hyperparameters: { task: 'text_classification', epochs: 5, trials: 1 },
      seed: 7,
      name: 'tickets',
      dataset_version: 1,
    };
    const choices = choicesIn(JSON.parse(JSON.stringify(searchOf(spec))));
    const changes = changesIn(choices.set, { epochs: 3, trials: 1 });
    expect(changes).toEqual({ epochs: 5 });
    expect(requestOf(choices, version, changes)).toMatchObject({
      columns: { text: ['body'], label: 'category' },
      base_model: 'all-minilm-l6-v2',
      preset: 'balanced',
      hyperparameters: { epochs: 5 },
      name: 'tickets',
      seed: 7,
    });
  });
});

describe('the answers of a column', () => {
  const t = translator('en');

  it('are counted where they come again', () => {
    expect(answersIn(4112, 8, t)).toBe('8 different answers. Each is in about 514 rows.');
    expect(answersIn(3, 2, t)).toContain('in about 2 rows');
  });

  it('are no classes where most of them occur once, or all are the same', () => {
    expect(answersIn(560, 533, t)).toMatch(/^Most of its 533 answers are in one row only/);
    expect(answersIn(40, 1, t)).toMatch(/^Every row has the same answer/);
  });
});

describe('the columns to read', () => {
  it('get a reason only where there are some', () => {
    const columns = [{ name: 'id', distinct: 2, missing: 0, lengths: null }];
    const show = (text: string[]) => (
      <MantineProvider>
        <I18nProvider>
          <ColumnSection
            version={{ ...version, columns, rows: 2, suggested_columns: {} } as unknown as DatasetVersion}
            choices={{ text }}
            errorOf={() => undefined}
            onChoose={() => undefined}
          />
        </I18nProvider>
      </MantineProvider>
    );
    const { rerender } = render(show(['id']));
    expect(screen.getByText(/^Words to be understood/)).toBeDefined();
    rerender(show([]));
    expect(screen.queryByText(/^Words to be understood/)).toBeNull();
  });
});

describe('a hyperparameter', () => {
  const schema = {
    title: 'Epochs',
    description: 'Passes over the rows.',
    type: 'integer' as const,
    unit: 'epochs',
    minimum: 1,
    maximum: 50,
  };
  const show = (value: number | undefined, error?: string) => {
    const onChange = vi.fn();
    render(
      <MantineProvider>
        <I18nProvider>
          <HyperparameterField
            task="text_classification"
            name="epochs"
            schema={schema}
            usual={3}
            value={value}
            error={error}
            onChange={onChange}
          />
        </I18nProvider>
      </MantineProvider>,
    );
    return onChange;
  };

  it('is explained, with its bounds and what the preset says', () => {
    show(undefined);
    expect(screen.getByLabelText('Epochs')).toHaveProperty('value', '3 epochs');
    expect(screen.getByText(/Passes over the rows/).textContent).toContain('Between 1 – 50. Preset: 3.');
    expect(screen.queryByRole('button', { name: 'Reset' })).toBeNull();
  });

  it('goes back to the preset', () => {
    const onChange = show(9);
    fireEvent.click(screen.getByRole('button', { name: 'Reset' }));
    expect(onChange).toHaveBeenCalledWith(undefined);
  });

  it('says where it must lie, and else what the server says', () => {
    show(99);
    expect(screen.getByText('Must be between 1 – 50.')).toBeDefined();
  });

  it('shows what the server says of it', () => {
    show(9, 'Not with this base model.');
    expect(screen.getByText('Not with this base model.')).toBeDefined();
  });

  it.each([
    ['text_classification', 'TextClassificationHyperparameters'],
    ['text_generation', 'TextGenerationHyperparameters'],
  ])('has Chinese words, whichever it is of %s', (task, schema) => {
    const { components } = JSON.parse(readFileSync('openapi.json', 'utf8'));
    const { properties } = components.schemas[schema];
    const names = Object.keys(properties).filter((name) => name !== 'task');
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      expect(hyperparametersZhCN[task]?.[name]?.description, name).toMatch(/\p{Script=Han}/u);
    }
  });
});
