import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Deployment } from '~/api/types';
import { sessionQuery, useCreateApiKey } from '~/features/account/queries';
import { CHAT_LANGUAGES } from '~/features/chat/chatCode';
import { bodyOf, USUAL } from '~/features/chat/settings';
import { useChatSnippets } from '~/features/chat/useChatSnippets';
import { CallExamples } from '~/features/deployments/CallExamples';
import type { Input, SnippetLanguage } from '~/features/deployments/examples';
import { usePlaygroundHistory } from '~/features/deployments/playgroundHistory';
import { useSnippets } from '~/features/deployments/useSnippets';
import { useI18n } from '~/i18n/I18nProvider';

/** Code that asks a classifier, with a key that can be made in place. */
export function ClassifierCode({ deployment }: { deployment: Deployment }) {
  const [language, onLanguage] = useLanguage();
  const { apiKey, makeKey } = useKey(deployment);
  const snippets = useSnippets({ deployment, input: useSample(deployment), apiKey });
  return (
    <CallExamples
      snippets={snippets}
      language={language}
      onLanguage={onLanguage}
      hasKey={apiKey !== undefined}
      makeKey={makeKey}
    />
  );
}

interface WriterProps {
  deployment: Deployment;
  /** By what the model was asked while it learned, if by any. */
  template: string;
}

/** Code that asks a model that writes; the server tells it its system prompt where a request brings none. */
export function WriterCode({ deployment, template }: WriterProps) {
  const { t } = useI18n();
  const [language, onLanguage] = useLanguage();
  const { apiKey, makeKey } = useKey(deployment);
  const question = { role: 'user' as const, content: template || t('playground.example') };
  const snippets = useChatSnippets({
    url: deployment.urls.openai,
    body: bodyOf(deployment.name, [question], USUAL),
    apiKey,
  });
  return (
    <CallExamples
      snippets={snippets}
      language={CHAT_LANGUAGES.find((known) => known === language) ?? 'curl'}
      onLanguage={onLanguage}
      hasKey={apiKey !== undefined}
      makeKey={makeKey}
    />
  );
}

/** Which language is open stands in the address. */
function useLanguage(): [SnippetLanguage, (chosen: SnippetLanguage) => void] {
  const { language = 'curl' } = useSearch({ from: '/shell/deployments/$name' });
  const navigate = useNavigate({ from: '/deployments/$name' });
  const choose = (chosen: SnippetLanguage) =>
    void navigate({
      search: (before) => ({ ...before, language: chosen === 'curl' ? undefined : chosen }),
      replace: true,
    });
  return [language, choose];
}

/** A key that may predict, made by those who may make keys. */
function useKey({ name }: Deployment) {
  const { t } = useI18n();
  const key = useCreateApiKey();
  const admin = useQuery(sessionQuery).data?.scopes.includes('admin');
  const run = () => key.mutate({ name: t('code.keyName', { name }), scopes: ['predict'] });
  return {
    apiKey: key.data?.key,
    makeKey: admin ? { run, pending: key.isPending, error: key.error } : undefined,
  };
}

/** What the snippets ask: the last question of the playground, else an example. */
function useSample({ id, text_columns: columns }: Deployment): Input {
  const { t } = useI18n();
  const { entries } = usePlaygroundHistory(id);
  if (entries[0]) return entries[0].input;
  if (columns.length <= 1) return t('playground.example');
  const last = columns.length - 1;
  return Object.fromEntries(
    columns.map((name, place) => [
      name,
      t(place === last ? 'playground.example' : 'playground.exampleShort'),
    ]),
  );
}
