import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useState } from 'react';

interface Props extends Omit<NumberInputProps, 'value' | 'onChange'> {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

/** A number that is held elsewhere; what is on its way to one, as "0." and "1.50", stays as it is typed. */
export function NumberField({ value, onChange, ...others }: Props) {
  const [typed, setTyped] = useState<number | string>('');
  return (
    <NumberInput
      {...others}
      value={numberIn(typed) === value ? typed : (value ?? '')}
      onChange={(entered) => {
        setTyped(entered);
        onChange(numberIn(entered));
      }}
    />
  );
}

function numberIn(typed: number | string): number | undefined {
  const found = typed === '' ? Number.NaN : Number(typed);
  return Number.isNaN(found) ? undefined : found;
}
