import { ActionIcon, Alert, Checkbox, Group, NumberInput, Paper, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import { ApiError } from '~/api/errors';
import type { ChatPreview, FineTuneRequest } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { Waiting } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { LessonText } from './LessonText';
import classes from './LessonText.module.css';
import type { ErrorOf } from './placedErrors';
import { useLessonPreview } from './queries';

interface Props {
  request: FineTuneRequest | null;
  rows: number;
  errorOf: ErrorOf;
}

/** The very text that the model reads of one row, and what of it it learns to write; follows what is typed. */
export function LessonPreview({ request, rows, errorOf }: Props) {
  const { t } = useI18n();
  const [row, setRow] = useState(1);
  const [tokens, setTokens] = useState(false);
  const preview = useLessonPreview(request && { ...request, row });
  const refusal = request !== null && preview.error instanceof ApiError ? preview.error : null;
  const absent = refusal?.code === 'base_model_not_installed';
  // The form tells what it is at fault for itself.
  const told = Boolean(refusal?.param && errorOf(refusal.param));
  const go = (wanted: number) => setRow(Math.min(Math.max(1, wanted), rows));
  return (
    <Paper component="section" aria-label={t('lesson.title')}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Text fz="sm" fw={600}>
            {t('lesson.title')}
          </Text>
          <Group gap={4} wrap="nowrap">
            <ActionIcon
              variant="default"
              aria-label={t('lesson.before')}
              disabled={row <= 1}
              onClick={() => go(row - 1)}
            >
              <IconChevronLeft size={16} />
            </ActionIcon>
            <NumberInput
              aria-label={t('lesson.row')}
              value={row}
              min={1}
              max={rows}
              allowDecimal={false}
              hideControls
              size="xs"
              w={96}
              prefix={`${t('lesson.row')} `}
              onChange={(value) => typeof value === 'number' && go(value)}
            />
            <ActionIcon
              variant="default"
              aria-label={t('lesson.next')}
              disabled={row >= rows}
              onClick={() => go(row + 1)}
            >
              <IconChevronRight size={16} />
            </ActionIcon>
          </Group>
        </Group>
        {request === null && (
          <Text fz="sm" c="dimmed">
            {t('lesson.incomplete')}
          </Text>
        )}
        {absent && (
          <Text fz="sm" c="dimmed">
            {t('lesson.absent')}
          </Text>
        )}
        {preview.isLoading && <Waiting rows={3} />}
        <ErrorNote error={request && !absent && !told && preview.error} retry={() => preview.refetch()} />
        {request && preview.data && !preview.error && (
          <div aria-busy={preview.isPlaceholderData} className={classes.shown}>
            <Shown preview={preview.data} tokens={tokens} />
            <Checkbox
              mt="sm"
              size="xs"
              label={t('lesson.tokens')}
              checked={tokens}
              onChange={(event) => setTokens(event.currentTarget.checked)}
            />
          </div>
        )}
      </Stack>
    </Paper>
  );
}

function Shown({ preview, tokens }: { preview: ChatPreview; tokens: boolean }) {
  const { t, say } = useI18n();
  const { lessons, problem, line, sheet_row: sheetRow, max_length: most } = preview;
  const cut = lessons.some(({ total }) => total > most);
  return (
    <Stack gap="sm">
      {(line ?? sheetRow) && (
        <Text fz="xs" c="dimmed">
          {line ? t('lesson.line', { line }) : t('lesson.sheetRow', { row: sheetRow ?? 0 })}
        </Text>
      )}
      {problem && (
        <Alert color="yellow" icon={<IconAlertTriangle size={18} />}>
          {t('lesson.leftOut')} {say(`reason.${problem.code}`, problem.message, problem.details)}
        </Alert>
      )}
      {lessons.map((lesson, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lessons have no other name than their place
        <LessonText key={place} lesson={lesson} tokens={tokens} />
      ))}
      {cut && (
        <Text fz="sm" c="var(--ty-warning)">
          {t('lesson.cut', { most })}
        </Text>
      )}
    </Stack>
  );
}
