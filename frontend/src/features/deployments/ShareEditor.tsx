import { ActionIcon, Button, Group, NumberInput, Paper, Select, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Deployment } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useShareTraffic } from './queries';
import { percents, total, withoutVersion, withVersion } from './shares';
import { useVersionChoices } from './useVersionChoices';

/** Which versions answer, and how often each of them. */
export function ShareEditor({ deployment }: { deployment: Deployment }) {
  const { t, format } = useI18n();
  const [shares, setShares] = useState(() => percents(deployment.routes));
  const choices = useVersionChoices(deployment.routes);
  const save = useShareTraffic(deployment.name);
  const sum = total(shares);
  const changed = JSON.stringify(shares) !== JSON.stringify(percents(deployment.routes));
  const used = new Set(shares.map(({ model_version_id: id }) => id));
  const free = choices.filter(({ value }) => !used.has(value));
  const set = (id: string, weight: number) =>
    setShares((all) => all.map((share) => (share.model_version_id === id ? { ...share, weight } : share)));
  return (
    <Paper>
      <Stack gap="sm">
        {shares.map(({ model_version_id: id, weight }) => {
          const label = choices.find(({ value }) => value === id)?.label ?? id;
          return (
            <Group key={id} gap="sm" wrap="nowrap" align="center">
              <NumberInput
                aria-label={t('share.of', { version: label })}
                value={weight}
                onChange={(value) => set(id, Number(value))}
                min={1}
                max={100}
                allowDecimal={false}
                suffix="%"
                w={96}
                disabled={shares.length === 1}
              />
              <Text fz="sm" flex={1} style={{ overflowWrap: 'anywhere' }}>
                {label}
              </Text>
              {shares.length > 1 && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('share.remove', { version: label })}
                  onClick={() => setShares((all) => withoutVersion(all, id))}
                >
                  <IconX size={16} />
                </ActionIcon>
              )}
            </Group>
          );
        })}
        {free.length > 0 ? (
          <Select
            key={shares.length}
            label={t('share.add')}
            placeholder={t('share.choose')}
            data={free}
            onChange={(id) => id && setShares((all) => withVersion(all, id))}
            maw={360}
          />
        ) : (
          shares.length === 1 && (
            <Text c="dimmed" fz="sm">
              {t('share.onlyOne')}
            </Text>
          )
        )}
        {sum !== 100 && (
          <Text fz="sm" role="status">
            {t('share.sum', { sum: format.percent(sum / 100, 0) })}
          </Text>
        )}
        <ErrorNote error={save.error} />
        {changed && (
          <Group gap="xs">
            <Button
              variant="light"
              disabled={sum !== 100}
              loading={save.isPending}
              onClick={() => save.mutate(shares)}
            >
              {t('share.save')}
            </Button>
            <Button variant="default" onClick={() => setShares(percents(deployment.routes))}>
              {t('share.reset')}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
