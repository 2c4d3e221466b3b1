import { Container } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';

/** Stands in for a page that could not be shown at all. */
export function BrokenPage({ error }: ErrorComponentProps) {
  const { t } = useI18n();
  const router = useRouter();
  return (
    <Container size="sm" py="xl">
      <ErrorNote error={error} title={t('error.title')} retry={() => router.invalidate()} />
    </Container>
  );
}
