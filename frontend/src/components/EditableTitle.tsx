import { ActionIcon, Button, Group, TextInput, Title, Tooltip } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import { errorWords } from './errorWords';

const LONGEST = 200;

interface Props {
  title: string;
  /** Rejects with what is wrong with the name. */
  onRename: (name: string) => Promise<unknown>;
}

/** The title of a page that is changed where it stands. */
export function EditableTitle({ title, onRename }: Props) {
  const { t } = useI18n();
  const [name, setName] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [saving, setSaving] = useState(false);
  const close = () => {
    setName(null);
    setError(null);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = name?.trim() ?? '';
    if (wanted === '' || wanted === title) return close();
    setSaving(true);
    await onRename(wanted).then(close, setError);
    setSaving(false);
  };
  const words = error ? errorWords(error, t) : undefined;
  if (name === null) {
    return (
      <Group gap={4} wrap="nowrap" align="flex-start" style={{ minWidth: 0 }}>
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        <Tooltip label={t('common.rename')} withArrow>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('common.rename')}
            onClick={() => setName(title)}
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
          value={name}
          maxLength={LONGEST}
          autoFocus
          error={words && [words.sentence, words.detail].filter(Boolean).join(' ')}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          onKeyDown={({ key }) => key === 'Escape' && close()}
        />
        <Button type="submit" variant="default" loading={saving}>
          {t('common.save')}
        </Button>
      </Group>
    </form>
  );
}
