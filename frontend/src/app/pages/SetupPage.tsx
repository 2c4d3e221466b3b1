import { useNavigate } from '@tanstack/react-router';
import { EntryFrame } from '~/features/account/EntryFrame';
import { SetupForm } from '~/features/account/SetupForm';
import { useI18n } from '~/i18n/I18nProvider';

export function SetupPage() {
  const { t } = useI18n();
  const navigate = useNavigate();
  return (
    <EntryFrame title={t('setup.title')} text={t('setup.text')}>
      <SetupForm onDone={() => navigate({ to: '/' })} />
    </EntryFrame>
  );
}
