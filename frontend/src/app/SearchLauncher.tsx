import { Kbd, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useHotkeys, useOs } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { Action } from '~/features/search/SearchDialog';
import { useI18n } from '~/i18n/I18nProvider';
import { LANGUAGES, type Language } from '~/i18n/translate';
import { PLACES } from './places';
import classes from './SearchLauncher.module.css';

const SearchDialog = lazy(async () => ({
  default: (await import('~/features/search/SearchDialog')).SearchDialog,
}));

/** The search box of the shell, which ⌘K and Ctrl-K open too. */
export function SearchLauncher() {
  const { t } = useI18n();
  const router = useRouter();
  const os = useOs();
  const actions = useActions();
  const [open, setOpen] = useState(false);
  useHotkeys([['mod+K', () => setOpen(true)]], []);
  return (
    <>
      <UnstyledButton className={classes.box} onClick={() => setOpen(true)}>
        <IconSearch size={16} stroke={1.6} aria-hidden="true" />
        <Text span fz="sm" className={classes.word}>
          {t('search.title')}
        </Text>
        <Kbd size="xs" className={classes.key} aria-hidden="true">
          {os === 'macos' ? '⌘K' : 'Ctrl K'}
        </Kbd>
      </UnstyledButton>
      {open && (
        <Suspense>
          <SearchDialog
            actions={actions}
            onOpen={(page) => router.history.push(page)}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
}

/** What can be done from anywhere. */
function useActions(): Action[] {
  const { t, language, setLanguage } = useI18n();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const other: Language = language === 'en' ? 'zh-CN' : 'en';
  const dark = colorScheme === 'dark';
  return [
    { label: t('datasets.add'), run: () => void navigate({ to: '/datasets' }) },
    ...PLACES.map(({ to, label }) => ({
      label: t('search.goTo', { place: t(label) }),
      run: () => void navigate({ to }),
    })),
    { label: t('keys.create'), run: () => void navigate({ to: '/settings', hash: 'keys' }) },
    {
      label: dark ? t('search.light') : t('search.dark'),
      run: () => setColorScheme(dark ? 'light' : 'dark'),
    },
    { label: t('search.language', { language: LANGUAGES[other] }), run: () => setLanguage(other) },
  ];
}
