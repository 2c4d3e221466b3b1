import { ActionIcon, Button, Group, TextInput, Title, Tooltip } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import { errorWords } from './errorWords';

interface Props {
  name: string;
  /** What the title says while nobody edits it: the name, and what may follow it. */
  heading: string;
  longest: number;
  /** Rejects with what is wrong with the name. */
  onRename: (name: string) => Promise<unknown>;
}

/** The title of a page that is changed where it stands. */
export function EditableTitle({ name, heading, longest, onRename }: Props) {
  const reader = useI18n();
  const { t } = reader;
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const close = () => {
    setDraft(null);
    setError(null);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = draft?.trim() ?? '';
    if (wanted === '' || wanted === name) return close();
    setSaving(true);
    await onRename(wanted).then(close, setError);
    setSaving(false);
  };
  const words = error ? errorWords(error, reader) : undefined;
  if (draft === null) {
    return (
      <Group gap={4} wrap="nowrap" align="flex-start" style={{ minWidth: 0 }}>
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {heading}
        </Title>
        <Tooltip label={t('common.rename')} withArrow>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('common.rename')}
            onClick={() => setDraft(name)}
          >
            <IconPencil size={16} />
          </ActionIcon>
        </Tooltip>
      </Group>
    );
  }
  return (
    <form onSubmit={save}>
      <Group gap="xs" align="flex-start">
        <TextInput
          aria-label={t('common.name')}
          value={draft}
          maxLength={longest}
          autoFocus
          error={words && [words.sentence, words.detail].filter(Boolean).join(' ')}
          onChange={({ currentTarget }) => setDraft(currentTarget.value)}
          onKeyDown={({ key }) => key === 'Escape' && close()}
        />
        <Button type="submit" variant="default" loading={saving}>
          {t('common.save')}
        </Button>
      </Group>
    </form>
  );
}
