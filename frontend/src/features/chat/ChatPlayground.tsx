import { Button, Checkbox, Group, Paper, Stack, Text } from '@mantine/core';
import { useLocalStorage, useSessionStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Deployment } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import { begunBy } from './blanks';
import classes from './Chat.module.css';
import { ChatInput } from './ChatInput';
import { ChatSettingsForm } from './ChatSettingsForm';
import { CopyCode } from './CopyCode';
import { messagesFor } from './conversation';
import { keptTurns } from './keptTurns';
import { askableQuery } from './queries';
import {
  bodyOf,
  type ChatSettings,
  inMannerOf,
  type KeptSettings,
  schemaOf,
  type Taught,
  UNTOUCHED,
} from './settings';
import { TaughtTemplate } from './TaughtTemplate';
import { Turns } from './Turns';
import { useChat } from './useChat';

interface Props {
  deployment: Pick<Deployment, 'id' | 'name' | 'urls' | 'revision'>;
  /** Id of the untuned model that it learned from. */
  base: string;
  /** What it was told while it learned; so it begins here, too. */
  taught: Taught;
  focus: number;
}

/** A conversation with the tuned model, beside the untuned one if wanted, with everything that can be set. */
export default function ChatPlayground({ deployment, base, taught, focus }: Props) {
  const { t } = useI18n();
  const [kept, setKept] = useLocalStorage<KeptSettings>({
    key: `tuneyard.chat.${deployment.id}`,
    defaultValue: UNTOUCHED,
    getInitialValueInEffect: false,
  });
  const settings: ChatSettings = { ...kept, system: kept.system ?? taught.system };
  const [draft, setDraft] = useSessionStorage({
    key: `tuneyard.draft.${deployment.id}`,
    defaultValue: '',
    getInitialValueInEffect: false,
  });
  const [begun, setBegun] = useState(0);
  const conversation = `tuneyard.conversation.${deployment.id}`;
  const [beside, setBeside] = useState(() => keptTurns(conversation).at(-1)?.answers[base] !== undefined);
  const askable = useQuery(askableQuery);
  const comparable = askable.data?.includes(base) ?? false;
  const missing = !askable.isPending && !comparable;
  const compared = beside && comparable;
  const models = compared ? [deployment.name, base] : [deployment.name];
  const wishes = compared ? inMannerOf(taught, settings) : settings;
  const chat = useChat(conversation, wishes);
  const usable = settings.format !== 'json_schema' || schemaOf(settings.schema) !== undefined;
  const enabled = deployment.revision !== null && usable;
  const send = () => {
    if (!enabled || draft.trim() === '') return;
    void chat.ask(models, draft);
    setDraft('');
  };
  const name = (model: string) => (model === base ? t('chat.untuned', { name: base }) : model);
  // With a question that was begun, that one; else the request whose answer is on the screen.
  const callOf = (model: string) => {
    const before = draft.trim() === '' ? chat.turns.slice(0, -1) : chat.turns;
    const question = draft.trim() === '' ? (chat.turns.at(-1)?.question ?? t('playground.example')) : draft;
    return {
      url: deployment.urls.openai,
      body: bodyOf(model, messagesFor(model, before, question), wishes),
    };
  };
  return (
    <div className={classes.layout}>
      <Stack gap="md" className={classes.main}>
        <Group justify="space-between" gap="xs">
          <Checkbox
            label={t('chat.beside')}
            description={missing ? t('chat.besideMissing', { name: base }) : t('chat.besideSame')}
            checked={compared}
            disabled={!comparable || chat.writing}
            onChange={(event) => setBeside(event.currentTarget.checked)}
          />
          <Button
            size="xs"
            variant="default"
            disabled={chat.turns.length === 0}
            onClick={() => {
              chat.forget();
              setDraft('');
            }}
          >
            {t('chat.anew')}
          </Button>
        </Group>
        <Paper component="section" aria-label={t('chat.title')}>
          <div className={classes.names}>
            {models.map((model) => (
              <Group key={model} gap={4} justify="space-between" wrap="nowrap">
                <Text fz="sm" fw={600} truncate title={name(model)}>
                  {name(model)}
                </Text>
                <CopyCode call={callOf(model)} name={name(model)} />
              </Group>
            ))}
          </div>
          <Turns
            turns={chat.turns}
            models={models}
            name={name}
            again={() => chat.again(models)}
            retry={chat.retry}
          />
        </Paper>
        {taught.template && (
          <TaughtTemplate
            template={taught.template}
            draft={draft}
            onUse={() => {
              setDraft(begunBy(taught.template, draft));
              setBegun(begun + 1);
            }}
          />
        )}
        <ChatInput
          value={draft}
          focus={focus + begun}
          enabled={enabled}
          writing={chat.writing}
          onChange={setDraft}
          onSend={send}
          onStop={chat.stop}
        />
        {deployment.revision === null && (
          <Text c="dimmed" fz="sm">
            {t('playground.notYet')}
          </Text>
        )}
      </Stack>
      <ChatSettingsForm
        settings={settings}
        taught={taught.system}
        onChange={(change) => setKept((known) => ({ ...known, ...change }))}
      />
    </div>
  );
}
