import { useRouter, useSearch } from '@tanstack/react-router';
import { EntryFrame } from '~/features/account/EntryFrame';
import { SignInForm } from '~/features/account/SignInForm';
import { useI18n } from '~/i18n/I18nProvider';
import { safeNext } from '../guards';

export function SignInPage() {
  const { t } = useI18n();
  const router = useRouter();
  const { next } = useSearch({ from: '/sign-in' });
  return (
    <EntryFrame title={t('signIn.title')} text={t('signIn.text')}>
      <SignInForm onDone={() => router.history.push(safeNext(next))} />
    </EntryFrame>
  );
}
