// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { CellText } from '~/features/datasets/CellText';
import { messagesIn } from '~/features/datasets/messagesIn';
import { I18nProvider } from '~/i18n/I18nProvider';

afterEach(cleanup);

const said = [
  { role: 'user', content: 'Where is my <b>parcel</b>?' },
  {
    role: 'assistant',
    content: [
      { type: 'text', text: 'On its ' },
      { type: 'text', text: 'way.' },
    ],
  },
];

describe('the messages in a cell', () => {
  it('are found in the lists of OpenAI and of ShareGPT, by themselves or in an object', () => {
    const messages = [
      { who: 'user', says: 'Where is my <b>parcel</b>?' },
      { who: 'assistant', says: 'On its way.' },
    ];
    expect(messagesIn(JSON.stringify(said))).toEqual(messages);
    expect(messagesIn(JSON.stringify({ messages: said }))).toEqual(messages);
    const shared = { conversations: [{ from: 'human', value: 'Hi' }] };
    expect(messagesIn(JSON.stringify(shared))).toEqual([{ who: 'human', says: 'Hi' }]);
  });

  it('are none where anything of it is no message', () => {
    const odd = ['text', '[1, 2]', '{"messages": 3}', '[', '"user"', 'null', '[]'];
    const call = JSON.stringify([...said, { role: 'assistant', tool_calls: [] }]);
    for (const cell of [...odd, call]) expect(messagesIn(cell), cell).toEqual([]);
  });
});

describe('a cell', () => {
  const show = (value: string) =>
    render(
      <MantineProvider>
        <I18nProvider>
          <CellText value={value} />
        </I18nProvider>
      </MantineProvider>,
    );

  it('with a conversation shows who says what, and its JSON behind', () => {
    const cell = JSON.stringify(said);
    show(cell);
    expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      'userWhere is my <b>parcel</b>?',
      'assistantOn its way.',
    ]);
    expect(screen.getByText(cell)).toBeDefined();
  });

  it('with any other text shows that', () => {
    show('{"order": 1}');
    expect(screen.getByText('{"order": 1}')).toBeDefined();
    expect(screen.queryByRole('list')).toBeNull();
  });
});
