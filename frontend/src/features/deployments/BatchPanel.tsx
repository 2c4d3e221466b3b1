import { Group, NumberInput, Progress, Stack, TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Deployment } from '~/api/types';
import { DropZone } from '~/components/DropZone';
import { EmptyNote } from '~/components/EmptyNote';
import { ErrorNote } from '~/components/ErrorNote';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { BatchTable } from './BatchTable';
import { batchesQuery, useSendBatch } from './batchQueries';

const ACCEPT = '.csv,.tsv,.txt,.xlsx,.xls,.json,.jsonl,.ndjson,.parquet,.gz,.zip';

const LONGEST_ANSWER = 4096;

interface Props {
  deployment: Deployment;
  /** Tokens that an answer has at most if nothing else is asked for; null for a classifier, which has labels. */
  usualLength: number | null;
}

/** Drop a spreadsheet, get it back with an answer beside every row. */
export function BatchPanel({ deployment, usualLength }: Props) {
  const { t, format } = useI18n();
  const batches = useQuery(batchesQuery(deployment.name));
  const send = useSendBatch(deployment.name);
  const [textColumns, setTextColumns] = useState<string[]>([]);
  const [answerLength, setAnswerLength] = useState<number | null>(null);
  const writes = usualLength !== null;
  const name = send.variables?.file.name ?? '';
  const usual = deployment.text_columns.join(', ');
  return (
    <>
      <Section
        title={t('batch.title')}
        hint={t(writes ? 'batch.hintWrites' : 'batch.hint', { columns: usual })}
      >
        <DropZone
          title={send.isPending ? t('upload.sending', { name }) : t('batch.drop')}
          hint={send.isPending ? format.percent(send.sent, 0) : t('batch.dropHint')}
          accept={ACCEPT}
          disabled={send.isPending || deployment.revision === null}
          onFile={(file) => send.mutate({ file, textColumns, answerLength })}
        >
          {send.isPending && (
            <Progress value={send.sent * 100} w="100%" maw={320} mt="xs" aria-label={t('upload.progress')} />
          )}
        </DropZone>
        <ErrorNote error={send.error} title={t('upload.failed', { name })} />
        <Group gap="md" align="flex-start">
          <TagsInput
            label={t(writes ? 'batch.columnsWrites' : 'batch.columns')}
            description={t('batch.columnsHint')}
            placeholder={textColumns.length === 0 ? usual : undefined}
            value={textColumns}
            onChange={setTextColumns}
            maw={480}
          />
          {writes && (
            <NumberInput
              label={t('batch.length')}
              description={t('batch.lengthHint')}
              placeholder={String(usualLength)}
              value={answerLength ?? ''}
              onChange={(entered) => setAnswerLength(typeof entered === 'number' ? entered : null)}
              min={1}
              max={LONGEST_ANSWER}
              clampBehavior="strict"
              allowDecimal={false}
              maw={320}
            />
          )}
        </Group>
      </Section>
      <Section title={t('batch.earlier')}>
        <QueryView query={batches}>
          {({ data }) => (
            <Stack gap="xs">
              {data.length === 0 ? <EmptyNote text={t('batch.none')} /> : <BatchTable batches={data} />}
            </Stack>
          )}
        </QueryView>
      </Section>
    </>
  );
}
