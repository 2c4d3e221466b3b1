import {
  type AlertFactory,
  type BadgeFactory,
  type ButtonFactory,
  type CSSVariablesResolver,
  createTheme,
  type ExtendComponent,
  type FactoryPayload,
  type InputWrapperFactory,
  type MantineColorsTuple,
  type ModalFactory,
  type PaperFactory,
  type SegmentedControlFactory,
  type TableFactory,
} from '@mantine/core';

const teal: MantineColorsTuple = [
  '#eefaf7',
  '#d7f3ec',
  '#abe5d8',
  '#7ad5c2',
  '#4fc3ac',
  '#2aad96',
  '#0e8371',
  '#0c7a6a',
  '#0a6559',
  '#085148',
];

const gray: MantineColorsTuple = [
  '#fafafa',
  '#f4f4f5',
  '#e7e7e9',
  '#d9d9dc',
  '#bdbdc2',
  '#94949b',
  '#6c6c74',
  '#4e4e55',
  '#333338',
  '#1d1d20',
];

// From text (0) to the page's ground (8); surfaces get lighter the closer they are to the reader.
const dark: MantineColorsTuple = [
  '#ececee',
  '#c9c9ce',
  '#9d9da5',
  '#75757e',
  '#3c3c43',
  '#2b2b30',
  '#1f1f23',
  '#161619',
  '#101012',
  '#0a0a0b',
];

/** As a component's own `extend`, without loading the component. */
function extend<Component extends FactoryPayload>(
  change: ExtendComponent<Component>,
): ExtendComponent<Component> {
  return change;
}

export const theme = createTheme({
  colors: { teal, gray, dark },
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '8px', xl: '8px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '12px', sm: '14px', md: '15px', lg: '17px', xl: '20px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '22px', lineHeight: '28px' },
      h2: { fontSize: '16px', lineHeight: '24px' },
      h3: { fontSize: '14px', lineHeight: '20px' },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Alert: extend<AlertFactory>({
      defaultProps: { variant: 'default' },
      styles: (_theme, { color = 'gray' }) => ({
        root: { borderColor: 'var(--mantine-color-default-border)' },
        icon: { color: `var(--mantine-color-${color}-text)`, marginInlineEnd: 12 },
        title: { color: 'var(--mantine-color-text)' },
      }),
    }),
    Badge: extend<BadgeFactory>({
      defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 500, miw: 'max-content' },
    }),
    Button: extend<ButtonFactory>({ defaultProps: { fw: 500 } }),
    InputWrapper: extend<InputWrapperFactory>({ defaultProps: { withAsterisk: false } }),
    // Its content is a Paper, whose padding is for cards.
    Modal: extend<ModalFactory>({ styles: { content: { padding: 0 } } }),
    Paper: extend<PaperFactory>({
      defaultProps: { withBorder: true, p: 'md', radius: 'md', bg: 'var(--ty-surface)' },
    }),
    SegmentedControl: extend<SegmentedControlFactory>({
      styles: { root: { backgroundColor: 'var(--ty-hover)' } },
    }),
    Table: extend<TableFactory>({ defaultProps: { verticalSpacing: 8, horizontalSpacing: 12, fz: 'sm' } }),
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': gray[6],
    '--mantine-color-default-border': gray[2],
    '--ty-rail': gray[0],
    '--ty-surface': '#ffffff',
    '--ty-bar': gray[5],
    '--ty-warning': '#b45309',
    '--ty-danger': '#c92a2a',
    '--ty-hover': gray[1],
    '--ty-chart-1': '#0072b2',
    '--ty-chart-2': '#d55e00',
    '--ty-chart-3': '#009e73',
    '--ty-chart-4': '#8a5a9e',
  },
  dark: {
    '--mantine-color-body': dark[8],
    '--mantine-color-text': dark[0],
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-default': dark[7],
    '--mantine-color-default-hover': dark[6],
    '--mantine-color-default-border': dark[5],
    '--ty-rail': dark[7],
    '--ty-surface': dark[7],
    '--ty-bar': dark[3],
    '--ty-warning': '#f5a83d',
    '--ty-danger': '#ff8787',
    '--ty-hover': dark[6],
    '--ty-chart-1': '#56b4e9',
    '--ty-chart-2': '#e69f00',
    '--ty-chart-3': '#2fc79b',
    '--ty-chart-4': '#cc92c2',
  },
});
