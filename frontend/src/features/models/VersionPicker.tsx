import { Group, NativeSelect, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useI18n } from '~/i18n/I18nProvider';
import { versionsQuery } from './queries';

interface Props {
  modelId: string;
  number: number;
  other: number;
}

/** Which two versions of a model are compared. */
export function VersionPicker({ modelId, number, other }: Props) {
  const { t } = useI18n();
  const navigate = useNavigate();
  const versions = useQuery(versionsQuery(modelId));
  const numbers = versions.data?.data.map((version) => version.number) ?? [number, other];
  const go = (one: string, against: string) =>
    void navigate({
      to: '/models/$modelId/versions/$number/compare/$other',
      params: { modelId, number: one, other: against },
      replace: true,
    });
  const options = (taken: number) =>
    numbers
      .filter((found) => found !== taken)
      .map((found) => ({ value: String(found), label: t('common.versionShort', { number: found }) }));
  return (
    <Group gap="xs">
      <NativeSelect
        size="xs"
        aria-label={t('compare.one')}
        value={String(number)}
        data={options(other)}
        onChange={(event) => go(event.currentTarget.value, String(other))}
      />
      <Text fz="sm" c="dimmed">
        {t('compare.against')}
      </Text>
      <NativeSelect
        size="xs"
        aria-label={t('compare.other')}
        value={String(other)}
        data={options(number)}
        onChange={(event) => go(String(number), event.currentTarget.value)}
      />
    </Group>
  );
}
