// @vitest-environment jsdom
import '../browser';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { begunBy } from '~/features/chat/blanks';
import { chat, event, say, stream, TAUGHT } from './chatting';

it('shows the question that it was taught by, and begins one of that form', async () => {
  const template = 'Summarise for {{reader}}: {{text}}';
  const bodies = chat(() => stream(event('[DONE]')), { ...TAUGHT, template });
  expect(screen.getByText('{{text}}').tagName).toBe('MARK');
  const area = screen.getByLabelText<HTMLTextAreaElement>('Your message');
  const marked = () => area.value.slice(area.selectionStart, area.selectionEnd);
  const begin = () => fireEvent.click(screen.getByRole('button', { name: 'Ask in this form' }));
  begin();
  expect(area.value).toBe(template);
  expect(marked()).toBe('{{reader}}');
  fireEvent.change(area, { target: { value: 'Summarise for children: {{text}}' } });
  begin();
  expect(marked()).toBe('{{text}}');
  expect(screen.getByText('Still to be filled in: {{text}}')).toBeDefined();
  say('Summarise for children: It rains.');
  await waitFor(() => expect(bodies.length).toBe(1));
  expect(screen.queryByText(/^Still to be filled in/)).toBeNull();
});

describe('a question of the form that was taught', () => {
  it('takes what was written into its last blank, once', () => {
    expect(begunBy('Sum up: {{text}}', '')).toBe('Sum up: {{text}}');
    expect(begunBy('Sum up: {{text}}', 'It costs $& and $1.')).toBe('Sum up: It costs $& and $1.');
    expect(begunBy('Sum up: {{text}}', 'Sum up: It rains.')).toBe('Sum up: It rains.');
    expect(begunBy('For {{who}}:\n{{text}}', 'It rains.')).toBe('For {{who}}:\nIt rains.');
    expect(begunBy('{{who}}:\n{{text}}', '{{who}}:\nIt rains.')).toBe('{{who}}:\nIt rains.');
  });
});
