import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { useI18n } from '~/i18n/I18nProvider';

/** A password, which its owner can look at. */
export function PasswordField(props: PasswordInputProps) {
  const { t } = useI18n();
  return (
    <PasswordInput visibilityToggleButtonProps={{ 'aria-label': t('account.showPassword') }} {...props} />
  );
}
