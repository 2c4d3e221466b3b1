import { Stack } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import type { DatasetVersion } from '~/api/types';
import { QuestionPanel } from './QuestionPanel';

/** Readings that are not certain, one below the other; what was confirmed is not asked again in this browser. */
export function Questions({ version }: { version: DatasetVersion }) {
  const [kept, setKept] = useLocalStorage<string[]>({ key: 'tuneyard.kept-readings', defaultValue: [] });
  const key = (code: string) => `${version.id} ${code}`;
  const open = version.questions.filter(({ code }) => !kept.includes(key(code)));
  if (open.length === 0) return null;
  return (
    <Stack gap="md" mb="lg">
      {open.map((question) => (
        <QuestionPanel
          key={question.code}
          version={version}
          question={question}
          onKeep={() => setKept((before) => [...before.slice(-200), key(question.code)])}
        />
      ))}
    </Stack>
  );
}
