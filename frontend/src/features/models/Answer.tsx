import { Group, Text, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { Breakable } from '~/components/Breakable';
import { useI18n } from '~/i18n/I18nProvider';

interface Props {
  answer: string;
  right: boolean;
  note?: string;
}

/** An answer of a model, marked as right or wrong. */
export function Answer({ answer, right, note }: Props) {
  const { t } = useI18n();
  const Icon = right ? IconCheck : IconX;
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Text span c={right ? 'var(--ty-chart-3)' : 'var(--ty-danger)'} lh={1} mt={3}>
        <Icon size={14} aria-hidden="true" />
      </Text>
      <div>
        <Breakable text={answer} />
        <VisuallyHidden> {right ? t('rows.isRight') : t('rows.isWrong')}</VisuallyHidden>
        {note && (
          <Text fz="xs" c="dimmed">
            {note}
          </Text>
        )}
      </div>
    </Group>
  );
}
