import { Button, Group, Kbd, Text, Textarea } from '@mantine/core';
import { IconPlayerStopFilled } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import { blankIn } from './blanks';

const COMPOSING = 229;

interface Props {
  value: string;
  /** Grows whenever the field is to be focused; a blank in it is then selected, to be written over. */
  focus: number;
  enabled: boolean;
  writing: boolean;
  onChange: (value: string) => void;
  onSend: () => void;
  onStop: () => void;
}

/** Where the next question is written; Enter sends it, Shift and Enter begin a line, Escape stops an answer. */
export function ChatInput({ value, focus, enabled, writing, onChange, onSend, onStop }: Props) {
  const { t } = useI18n();
  const area = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it is to be focused, not when somebody types
  useEffect(() => {
    if (focus === 0) return;
    area.current?.focus();
    const blank = blankIn(value);
    if (blank) area.current?.setSelectionRange(...blank);
  }, [focus]);
  const press = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === 'Escape' && writing) onStop();
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    if (!writing) onSend();
  };
  return (
    <div>
      <Textarea
        ref={area}
        attributes={{ input: { dir: 'auto' } }}
        aria-label={t('chat.message')}
        placeholder={t('chat.placeholder')}
        value={value}
        autosize
        minRows={2}
        maxRows={10}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={press}
      />
      <Group gap="sm" mt="xs">
        {writing ? (
          <Button
            variant="default"
            leftSection={<IconPlayerStopFilled size={14} />}
            // The second click of two on "Send", in whose place this is, stops nothing.
            onClick={(event) => event.detail < 2 && onStop()}
          >
            {t('chat.stop')}
          </Button>
        ) : (
          <Button variant="light" disabled={!enabled || value.trim() === ''} onClick={onSend}>
            {t('chat.send')}
          </Button>
        )}
        <Text c="dimmed" fz="sm" component="span" visibleFrom="sm">
          <Kbd size="xs">{t('playground.enter')}</Kbd> {t('chat.enterSends')} ·{' '}
          <Kbd size="xs">{t('chat.shift')}</Kbd> + <Kbd size="xs">{t('playground.enter')}</Kbd>{' '}
          {t('chat.newLine')}
        </Text>
      </Group>
    </div>
  );
}

/** Whether a key is for a Chinese word that is being composed; Safari tells of the last one by the code only. */
function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || nativeEvent.keyCode === COMPOSING;
}
