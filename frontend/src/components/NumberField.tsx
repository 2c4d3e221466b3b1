import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';

interface Props extends Omit<NumberInputProps, 'value' | 'onChange' | 'onBlur'> {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

/**
 * A number that is held elsewhere. What is on its way to one, as "0." and "1.50", stays as it is typed; who leaves the
 * field sees what is held.
 */
export function NumberField({ value, onChange, ...others }: Props) {
  const [typed, setTyped] = useState<number | string>(value ?? '');
  const [held, setHeld] = useState(value);
  if (value !== held) {
    setHeld(value);
    if (numberIn(typed) !== value) setTyped(value ?? '');
  }
  return (
    <NumberInput
      {...others}
      value={typed}
      onChange={(entered) => {
        setTyped(entered);
        onChange(numberIn(entered));
      }}
      onBlur={() => setTyped(value ?? '')}
    />
  );
}

function numberIn(typed: number | string): number | undefined {
  const found = typed === '' ? Number.NaN : Number(typed);
  return Number.isNaN(found) ? undefined : found;
}
