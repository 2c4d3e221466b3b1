import { Progress, Stack, TagsInput } from '@mantine/core';
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

/** Drop a spreadsheet, get it back with an answer beside every row. */
export function BatchPanel({ deployment, writes }: { deployment: Deployment; writes: boolean }) {
  const { t, format } = useI18n();
  const batches = useQuery(batchesQuery(deployment.name));
  const send = useSendBatch(deployment.name);
  const [textColumns, setTextColumns] = useState<string[]>([]);
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
          onFile={(file) => send.mutate({ file, textColumns })}
        >
          {send.isPending && (
            <Progress value={send.sent * 100} w="100%" maw={320} mt="xs" aria-label={t('upload.progress')} />
          )}
        </DropZone>
        <ErrorNote error={send.error} title={t('upload.failed', { name })} />
        <TagsInput
          label={t('batch.columns')}
          description={t('batch.columnsHint')}
          placeholder={textColumns.length === 0 ? usual : undefined}
          value={textColumns}
          onChange={setTextColumns}
          maw={480}
        />
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
