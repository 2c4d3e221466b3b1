// @vitest-environment jsdom
import '../browser';
import { fireEvent, screen } from '@testing-library/react';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { NumberField } from '~/components/NumberField';
import { show } from '../show';

function Held({ told }: { told: (number | undefined)[] }) {
  const [value, setValue] = useState<number | undefined>(0.3);
  const change = (entered: number | undefined) => {
    told.push(entered);
    setValue(entered);
  };
  return (
    <>
      <NumberField label="Number" value={value} decimalScale={8} onChange={change} />
      <button type="button" onClick={() => setValue(7)}>
        Seven
      </button>
    </>
  );
}

it('takes a number sign by sign as it is typed, and another from its holder', () => {
  const told: (number | undefined)[] = [];
  show(<Held told={told} />);
  const field = screen.getByLabelText<HTMLInputElement>('Number');
  const type = (text: string) => {
    fireEvent.change(field, { target: { value: '' } });
    for (const sign of text) {
      const before = field.value;
      fireEvent.change(field, { target: { value: before + sign } });
      expect(field.value).toBe(before + sign);
    }
  };
  expect(field.value).toBe('0.3');
  for (const text of ['0.25', '0.00002', '1.50', '-0.5']) {
    type(text);
    expect(told.at(-1)).toBe(Number(text));
  }
  fireEvent.click(screen.getByRole('button', { name: 'Seven' }));
  expect(field.value).toBe('7');
  fireEvent.change(field, { target: { value: '' } });
  expect([field.value, told.at(-1)]).toEqual(['', undefined]);
});

it('shows what is held to who leaves it, also where that is not what was typed', () => {
  show(<NumberField label="Number" value={3} onChange={() => undefined} />);
  const field = screen.getByLabelText<HTMLInputElement>('Number');
  fireEvent.change(field, { target: { value: '' } });
  expect(field.value).toBe('');
  fireEvent.blur(field);
  expect(field.value).toBe('3');
});
