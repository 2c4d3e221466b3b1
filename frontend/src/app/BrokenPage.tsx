import { Container, Group } from '@mantine/core';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isTransient } from '~/api/errors';
import { ErrorNote } from '~/components/ErrorNote';
import { LinkButton } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';

const AGAIN_MS = 3_000;

/** Stands in for a page that could not be shown at all; tries again by itself if that may help. */
export function BrokenPage({ error }: ErrorComponentProps) {
  const { t } = useI18n();
  const router = useRouter();
  useEffect(() => {
    if (!isTransient(error)) return;
    const timer = setInterval(() => void router.invalidate(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [error, router]);
  return (
    <Container component="main" size="sm" py="xl">
      <ErrorNote error={error} title={t('error.title')} retry={() => router.invalidate()}>
        <Group>
          <LinkButton to="/" size="xs" variant="default">
            {t('lost.home')}
          </LinkButton>
        </Group>
      </ErrorNote>
    </Container>
  );
}
