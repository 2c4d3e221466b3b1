// @vitest-environment jsdom
import '../browser';
import { fireEvent, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { CopyButton } from '~/components/CopyButton';
import { show } from '../show';

const CODE = 'curl http://box:8000 \\\n  -d 早';

afterEach(() => {
  Reflect.deleteProperty(navigator, 'clipboard');
  Reflect.deleteProperty(document, 'execCommand');
});

/** What is copied by selecting it, which jsdom knows nothing of. */
function selections(): string[] {
  const copied: string[] = [];
  document.execCommand = () => {
    const { activeElement: area } = document;
    if (!(area instanceof HTMLTextAreaElement)) return false;
    copied.push(area.value.slice(area.selectionStart, area.selectionEnd));
    return true;
  };
  return copied;
}

function press(): HTMLElement {
  show(
    <CopyButton value={CODE}>
      {({ copied, copy }) => (
        <button type="button" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </button>
      )}
    </CopyButton>,
  );
  const button = screen.getByRole('button', { name: 'Copy' });
  button.focus();
  fireEvent.click(button);
  return button;
}

it('copies where a page over plain http has no clipboard, and leaves the focus where it was', async () => {
  const copied = selections();
  const button = press();
  expect(await screen.findByText('Copied')).toBeDefined();
  expect(copied).toEqual([CODE]);
  expect(document.activeElement).toBe(button);
  expect(document.querySelector('textarea')).toBeNull();
});

it('copies by a selection where the browser refuses the clipboard', async () => {
  const copied = selections();
  const writeText = vi.fn(() => Promise.reject(new Error('NotAllowedError')));
  Object.defineProperty(navigator, 'clipboard', { value: { writeText }, configurable: true });
  press();
  expect(await screen.findByText('Copied')).toBeDefined();
  expect(copied).toEqual([CODE]);
});
