import { Combobox, Group, Modal, ScrollArea, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { SearchHit } from '~/api/types';
import { ErrorNote } from '~/components/ErrorNote';
import { type Status, StatusBadge } from '~/components/StatusBadge';
import { useI18n } from '~/i18n/I18nProvider';
import { byType, pageOf } from './places';
import { searchQuery } from './queries';

const TYPING_MS = 120;

export interface Action {
  label: string;
  run: () => void;
}

interface Props {
  actions: Action[];
  onOpen: (page: string) => void;
  onClose: () => void;
}

/** Search over everything that has a name, and over what can be done. */
export function SearchDialog({ actions, onOpen, onClose }: Props) {
  const { t } = useI18n();
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text.trim(), TYPING_MS);
  const found = useQuery(searchQuery(wanted));
  const hits = text.trim() === '' ? [] : (found.data?.data ?? []);
  const offered = actions.filter(({ label }) => label.toLowerCase().includes(text.trim().toLowerCase()));
  const combobox = useCombobox({ opened: true, onOpenedChange: (opened) => opened || onClose() });
  const answered = text.trim() === '' || (text.trim() === wanted && !found.isFetching);
  const nothing = hits.length === 0 && offered.length === 0 && answered;
  const [hasty, setHasty] = useState(false);

  // What is listed while the answer is awaited belongs to what was typed before: Enter waits for the answer.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new answer selects anew.
  useEffect(() => {
    if (!answered) combobox.resetSelectedOption();
    else if (!hasty) combobox.selectFirstOption();
    else if (hits[0]) choose(pageOf(hits[0]));
    else setHasty(false);
  }, [answered, found.data, text]);

  const choose = (value: string) => {
    onClose();
    const action = actions.find(({ label }) => `action ${label}` === value);
    if (action) action.run();
    else onOpen(value);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size="lg"
      yOffset="12dvh"
      aria-label={t('search.title')}
    >
      <Combobox store={combobox} onOptionSubmit={choose}>
        <Combobox.EventsTarget>
          <TextInput
            data-autofocus
            size="md"
            variant="unstyled"
            px="md"
            py={4}
            leftSection={<IconSearch size={18} stroke={1.6} />}
            leftSectionWidth={44}
            aria-label={t('search.title')}
            placeholder={t('search.placeholder')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => setHasty(event.key === 'Enter' && !answered)}
          />
        </Combobox.EventsTarget>
        <ScrollArea.Autosize
          mah="56dvh"
          type="auto"
          p={8}
          style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}
        >
          <ErrorNote error={found.error} />
          <Combobox.Options aria-label={t('search.results')}>
            {byType(hits).map(([type, group]) => (
              <Combobox.Group key={type} label={t(`search.${type}`)}>
                {group.map((hit) => (
                  <Hit key={hit.id} hit={hit} />
                ))}
              </Combobox.Group>
            ))}
            {offered.length > 0 && (
              <Combobox.Group label={t('search.actions')}>
                {offered.map(({ label }) => (
                  <Combobox.Option key={label} value={`action ${label}`}>
                    {label}
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            )}
            {nothing && <Combobox.Empty>{t('search.nothing', { text })}</Combobox.Empty>}
          </Combobox.Options>
        </ScrollArea.Autosize>
      </Combobox>
    </Modal>
  );
}

function Hit({ hit }: { hit: SearchHit }) {
  const { t } = useI18n();
  return (
    <Combobox.Option value={pageOf(hit)}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text fz="sm" truncate>
          {hit.name}
        </Text>
        {hit.status ? (
          <StatusBadge status={hit.status as Status} />
        ) : (
          <Text fz="xs" c="dimmed">
            {t('common.versionShort', { number: hit.version ?? 1 })}
          </Text>
        )}
      </Group>
    </Combobox.Option>
  );
}
