import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ErrorNote } from '~/components/ErrorNote';
import { useI18n } from '~/i18n/I18nProvider';
import { useDeleteDeployment } from './queries';

/** Says what goes and what stays before it deletes. */
export function DeletePanel({ name, onDeleted }: { name: string; onDeleted: () => void }) {
  const { t } = useI18n();
  const [asked, setAsked] = useState(false);
  const remove = useDeleteDeployment(name);
  return (
    <Paper>
      <Stack gap="sm">
        <Text fz="sm">{t('delete.text')}</Text>
        <ErrorNote error={remove.error} />
        <Group gap="xs">
          {asked ? (
            <>
              <Button
                color="red"
                variant="outline"
                loading={remove.isPending}
                onClick={() => remove.mutate(undefined, { onSuccess: onDeleted })}
              >
                {t('delete.sure', { name })}
              </Button>
              <Button variant="default" onClick={() => setAsked(false)} autoFocus>
                {t('delete.keep')}
              </Button>
            </>
          ) : (
            <Button variant="default" onClick={() => setAsked(true)}>
              {t('delete.open')}
            </Button>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}
