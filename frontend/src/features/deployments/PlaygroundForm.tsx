import { Button, Group, Kbd, Stack, Text, Textarea } from '@mantine/core';
import { getHotkeyHandler, useOs } from '@mantine/hooks';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import type { Input } from './examples';

interface Props {
  columns: string[];
  start?: Input;
  /** Grows whenever the first field is to be focused. */
  focus: number;
  enabled: boolean;
  pending: boolean;
  onAsk: (input: Input) => void;
}

/** One field, or one for every column that the model reads. */
export function PlaygroundForm({ columns, start, focus, enabled, pending, onAsk }: Props) {
  const { t } = useI18n();
  const command = useOs() === 'macos' ? '⌘' : 'Ctrl';
  const several = columns.length > 1;
  const [cells, setCells] = useState(() => startCells(columns, start));
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (focus > 0) first.current?.focus();
  }, [focus]);
  const ready = enabled && !pending && cells.some((cell) => cell.trim() !== '');
  const ask = () => {
    if (!ready) return;
    onAsk(
      several
        ? Object.fromEntries(columns.map((name, place) => [name, cells[place] ?? '']))
        : (cells[0] ?? ''),
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {cells.map((cell, place) => (
          <Textarea
            key={columns[place] ?? place}
            ref={place === 0 ? first : undefined}
            label={several ? columns[place] : undefined}
            aria-label={several ? undefined : t('playground.text')}
            placeholder={t('playground.placeholder')}
            value={cell}
            onChange={({ currentTarget: { value } }) => setCells((all) => all.with(place, value))}
            onKeyDown={getHotkeyHandler([['mod+Enter', ask]])}
            autosize
            minRows={several ? 2 : 6}
            maxRows={16}
          />
        ))}
        <Group gap="sm">
          <Button type="submit" variant="light" disabled={!ready && !pending} loading={pending}>
            {t('playground.submit')}
          </Button>
          <Text c="dimmed" fz="sm" component="span">
            <Kbd size="xs">{command}</Kbd> + <Kbd size="xs">{t('playground.enter')}</Kbd>
          </Text>
        </Group>
        {!enabled && (
          <Text c="dimmed" fz="sm">
            {t('playground.notYet')}
          </Text>
        )}
      </Stack>
    </form>
  );
}

function startCells(columns: string[], start: Input | undefined): string[] {
  if (columns.length <= 1)
    return [typeof start === 'string' ? start : Object.values(start ?? { text: '' }).join('\n\n')];
  if (typeof start === 'string')
    return columns.map((_, place) => (place === columns.length - 1 ? start : ''));
  return columns.map((name) => start?.[name] ?? '');
}
