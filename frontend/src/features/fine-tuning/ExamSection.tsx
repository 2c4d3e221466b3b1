import { Alert, Button, NativeSelect, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { DatasetVersion, Estimate } from '~/api/types';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { type Choices, completed, unread } from './choices';
import type { ErrorOf } from './placedErrors';
import { type Settings, withSetting } from './settings';

const MINUTE = 60;
/** Minutes of the longest time budget that can be given. */
const LONGEST = 604_800 / MINUTE;

interface Props {
  version: DatasetVersion;
  choices: Choices;
  changes: Settings;
  estimate: Estimate | undefined;
  errorOf: ErrorOf;
  onChoose: (changed: Choices) => void;
}

/** What is kept for the exam, in words, and what may disappoint. */
export function ExamSection({ version, choices, changes, estimate, errorOf, onChoose }: Props) {
  const { t, say, format } = useI18n();
  const { task, columns } = completed(choices, version);
  const split = columns.split?.[0] ?? '';
  const others = unread(version, columns);
  const give = (minutes: number) =>
    onChoose({ set: withSetting(changes, 'time_budget_seconds', minutes * MINUTE) });
  return (
    <Section title={t('fineTune.exam')}>
      <Stack gap="sm">
        <Text fz="sm">
          {split
            ? t('exam.byColumn', { column: split })
            : estimate &&
              t(task === 'text_generation' ? 'exam.atRandom' : 'exam.evenly', {
                count: estimate.held_out_rows,
                train: estimate.train_rows,
                share: format.percent(
                  estimate.held_out_rows / (estimate.held_out_rows + estimate.train_rows),
                  0,
                ),
              })}{' '}
          {t('exam.unseen')}
        </Text>
        {others.length > 0 && (
          <NativeSelect
            maw={420}
            label={t('exam.who')}
            value={split}
            error={errorOf('columns.split')}
            data={[
              {
                value: '',
                label: t(task === 'text_generation' ? 'exam.automaticAtRandom' : 'exam.automatic'),
              },
              ...others.map((name) => ({ value: name, label: t('exam.column', { column: name }) })),
            ]}
            onChange={(event) => onChoose({ split: event.currentTarget.value })}
          />
        )}
        {estimate?.warnings.map(({ code, message, details }) => (
          <Alert key={code} color="yellow" icon={<IconAlertTriangle size={18} />}>
            <Stack gap="xs" align="flex-start">
              {say(`estimate.${code}`, message, details)}
              {code === 'rows_without_time' && Number(details.minutes) <= LONGEST && (
                <Button size="xs" variant="default" onClick={() => give(Number(details.minutes))}>
                  {t('exam.giveTime', { count: Number(details.minutes) })}
                </Button>
              )}
            </Stack>
          </Alert>
        ))}
      </Stack>
    </Section>
  );
}
