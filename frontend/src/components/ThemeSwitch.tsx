import { type MantineColorScheme, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';

/** Light, dark, or as the system is set; this browser remembers it. */
export function ThemeSwitch() {
  const { t } = useI18n();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('settings.theme')}
      value={colorScheme}
      onChange={(value) => setColorScheme(value as MantineColorScheme)}
      data={[
        { value: 'auto', label: t('settings.themeAuto') },
        { value: 'light', label: t('settings.themeLight') },
        { value: 'dark', label: t('settings.themeDark') },
      ]}
    />
  );
}
