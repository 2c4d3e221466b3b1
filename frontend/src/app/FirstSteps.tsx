import { SimpleGrid, Text, Title } from '@mantine/core';
import { IconCloudUp, IconFileSpreadsheet, IconSchool } from '@tabler/icons-react';
import { useI18n } from '~/i18n/I18nProvider';

const STEPS = [
  { key: 'drop', icon: IconFileSpreadsheet },
  { key: 'train', icon: IconSchool },
  { key: 'deploy', icon: IconCloudUp },
] as const;

/** What happens next, for somebody who has just come in. */
export function FirstSteps() {
  const { t } = useI18n();
  return (
    <SimpleGrid
      cols={{ base: 1, sm: 3 }}
      spacing="lg"
      component="ol"
      p={0}
      m={0}
      style={{ listStyle: 'none' }}
    >
      {STEPS.map(({ key, icon: Icon }, place) => (
        <li key={key}>
          <Icon size={22} stroke={1.5} aria-hidden="true" />
          <Title order={3} mt={4}>
            {place + 1}. {t(`homeStep.${key}`)}
          </Title>
          <Text c="dimmed" fz="sm">
            {t(`homeStepText.${key}`)}
          </Text>
        </li>
      ))}
    </SimpleGrid>
  );
}
