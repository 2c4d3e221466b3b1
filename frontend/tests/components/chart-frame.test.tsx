// @vitest-environment jsdom
import '../browser';
import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { ChartFrame } from '~/components/ChartFrame';
import { csvOf } from '~/components/chartFiles';
import { I18nProvider } from '~/i18n/I18nProvider';

const table = {
  columns: [{ name: 'Way' }, { name: 'Right', format: (value: number) => `${value * 100} %` }],
  rows: [
    ['always "billing", say', 0.25],
    ['this version', 0.9375],
  ],
};

it('shows a chart, and the same as a table', () => {
  render(
    <MantineProvider>
      <I18nProvider>
        <ChartFrame title="Right answers" fileName="right" table={table}>
          {(width) => <svg width={width} role="img" aria-label="bars" />}
        </ChartFrame>
      </I18nProvider>
    </MantineProvider>,
  );
  expect(screen.getByRole('img').getAttribute('width')).toBe('640');
  fireEvent.click(screen.getByRole('button', { name: 'Show as a table' }));
  expect(screen.getByRole('cell', { name: '93.75 %' })).toBeDefined();
  expect(screen.queryByRole('img')).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Show as a chart' }));
  expect(screen.getByRole('img')).toBeDefined();
});

it('writes a class that is called like a formula as text, and numbers as numbers', () => {
  const rows = [
    ['=HYPERLINK("http://x")', -0.5],
    ['\t+1', 1],
    ['a=b', 2],
  ];
  const lines = csvOf({ ...table, rows }).split('\r\n');
  expect(lines.slice(1, 4)).toEqual([`"'=HYPERLINK(""http://x"")",-0.5`, "'\t+1,1", 'a=b,2']);
});

it('writes exact numbers and quotes what has to be quoted', () => {
  expect(csvOf(table)).toBe('Way,Right\r\n"always ""billing"", say",0.25\r\nthis version,0.9375\r\n');
});
