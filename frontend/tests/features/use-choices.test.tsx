// @vitest-environment jsdom
import '../browser';
import { act, renderHook } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { Choices } from '~/features/fine-tuning/choices';
import { choicesIn } from '~/features/fine-tuning/choices';
import { useChoices } from '~/features/fine-tuning/useChoices';

const address = (search: Choices) => choicesIn({ ...search });

function hook(first: Choices) {
  const toAddress = vi.fn();
  const { result, rerender } = renderHook(({ search }) => useChoices(search, toAddress), {
    initialProps: { search: address(first) },
  });
  return {
    now: () => result.current[0],
    choose: (changed: Choices) => act(() => result.current[1](changed)),
    addressSays: (search: Choices) => rerender({ search: address(search) }),
    toAddress,
  };
}

describe('choices that are typed', () => {
  it('are there at once, and what the address took up meanwhile does not take them back', () => {
    const { now, choose, addressSays, toAddress } = hook({});
    choose({ name: 'a' });
    choose({ name: 'ab' });
    expect(now().name).toBe('ab');
    expect(toAddress).toHaveBeenLastCalledWith({ name: 'ab' });
    addressSays({ name: 'a' });
    expect(now().name).toBe('ab');
    addressSays({ name: 'ab' });
    expect(now().name).toBe('ab');
  });

  it('give way to an address that somebody else wrote', () => {
    const { now, choose, addressSays } = hook({ preset: 'fast' });
    choose({ preset: 'best' });
    addressSays({ preset: 'best' });
    addressSays({ preset: 'balanced', name: 'other' });
    expect(now()).toMatchObject({ preset: 'balanced', name: 'other' });
  });
});
