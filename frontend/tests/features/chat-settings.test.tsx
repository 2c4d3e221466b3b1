// @vitest-environment jsdom
import '../browser';
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { bodyOf, type ChatBody, inMannerOf, USUAL } from '~/features/chat/settings';
import { chat, DECODING, event, say, stream, TAUGHT } from './chatting';

describe('the settings of a chat', () => {
  it('sends what was set, and nothing that was not', async () => {
    const bodies = chat(() => stream(event('[DONE]')));
    fireEvent.change(screen.getByLabelText('System prompt'), { target: { value: 'Be brief.' } });
    for (const value of ['0', '0.', '0.2']) {
      fireEvent.change(screen.getByLabelText('Temperature'), { target: { value } });
      expect(screen.getByLabelText<HTMLInputElement>('Temperature').value).toBe(value);
    }
    fireEvent.change(screen.getByLabelText('Form of the answer'), { target: { value: 'json_object' } });
    say('Hi');
    await waitFor(() => expect(bodies.length).toBe(1));
    const { stream: _, stream_options: __, ...asked } = bodies[0] as ChatBody;
    expect(asked).toEqual({
      model: 'faq',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      temperature: 0.2,
      max_tokens: 256,
      response_format: { type: 'json_object' },
    });
  });
});

describe('the texts at which an answer ends', () => {
  it('may have commas, and differ by case only', async () => {
    const bodies = chat(() => stream(event('[DONE]')));
    const stop = screen.getByRole('combobox', { name: 'Stop at' });
    stop.focus();
    for (const value of ['Regards,', 'END', 'End']) {
      fireEvent.change(stop, { target: { value } });
      fireEvent.keyDown(stop, { key: 'Enter' });
    }
    say('Hi');
    await waitFor(() => expect(bodies[0]?.stop).toEqual(['Regards,', 'END', 'End']));
  });

  it('may be typed with a comma', () => {
    chat(() => stream(event('[DONE]')));
    const stop = screen.getByRole<HTMLInputElement>('combobox', { name: 'Stop at' });
    stop.focus();
    fireEvent.change(stop, { target: { value: 'Regards' } });
    expect(fireEvent.keyDown(stop, { key: ',' })).toBe(true);
    expect(stop.value).toBe('Regards');
  });
});

describe('what is kept of them', () => {
  const system = () => screen.getByLabelText<HTMLTextAreaElement>('System prompt');
  const open = (told: string) => {
    cleanup();
    chat(() => stream(event('[DONE]')), { ...TAUGHT, system: told });
  };

  it('is no system prompt but one that was written: that of the model changes with its version', () => {
    open('You are version 1.');
    expect(system().value).toBe('You are version 1.');
    fireEvent.change(screen.getByLabelText('Temperature'), { target: { value: '' } });
    open('You are version 2.');
    expect(system().value).toBe('You are version 2.');
    expect(screen.getByLabelText<HTMLInputElement>('Temperature').value).toBe('');
    fireEvent.change(system(), { target: { value: '' } });
    open('You are version 3.');
    expect(system().value).toBe('');
    // That is what the server tells the model then.
    expect(system().placeholder).toBe('You are version 3.');
    expect(screen.getByText('Where this is empty, it is told what it learned by.')).toBeDefined();
  });
});

describe('the manner of a tuned model', () => {
  const taught = { ...TAUGHT, system: 'Be brief.' };

  it('gives way to what was set', () => {
    expect(inMannerOf(taught, USUAL)).toMatchObject({ system: 'Be brief.', frequencyPenalty: 0.3 });
    const set = { ...USUAL, system: 'Be long.', frequencyPenalty: 0 };
    expect(inMannerOf(taught, set)).toEqual({ ...set, logitBias: { '2': -1 } });
  });

  it('is that of its own temperature, which is taken where none is set', () => {
    const warm = { ...USUAL, system: 'Be long.', temperature: 0.7 };
    expect(inMannerOf(taught, warm)).toEqual(warm);
    expect(inMannerOf(taught, { ...USUAL, temperature: undefined }).temperature).toBe(0);
  });

  it('has no penalty where a schema is kept', () => {
    expect(inMannerOf(taught, { ...USUAL, format: 'json_object' }).frequencyPenalty).toBeUndefined();
  });

  it('is left out of a request where there is nothing of it', () => {
    const plain = { ...DECODING, frequency_penalty: 0, logit_bias: {} };
    const body = bodyOf('smol', [], inMannerOf({ ...TAUGHT, decoding: plain }, USUAL));
    expect(body).toEqual({ model: 'smol', messages: [], temperature: 0, max_tokens: 256 });
  });
});
