import { Center, Stack, Text, Title } from '@mantine/core';
import { LinkButton } from '~/components/LinkButton';
import { useDocumentTitle } from '~/components/useDocumentTitle';
import { useI18n } from '~/i18n/I18nProvider';

export function LostPage() {
  const { t } = useI18n();
  useDocumentTitle(t('lost.title'));
  return (
    <Center component="main" mih="60vh" p="md">
      <Stack gap="sm" align="center">
        <Title order={1}>{t('lost.title')}</Title>
        <Text c="dimmed">{t('lost.text')}</Text>
        <LinkButton to="/" variant="default">
          {t('lost.home')}
        </LinkButton>
      </Stack>
    </Center>
  );
}
