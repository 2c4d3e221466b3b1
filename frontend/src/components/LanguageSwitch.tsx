import { SegmentedControl } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';
import { LANGUAGES, type Language } from '~/i18n/translate';

/** Switches the language at once; this browser remembers it. */
export function LanguageSwitch() {
  const { language, setLanguage, t } = useI18n();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('settings.language')}
      value={language}
      onChange={(value) => setLanguage(value as Language)}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
    />
  );
}
