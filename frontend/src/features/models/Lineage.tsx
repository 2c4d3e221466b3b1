import { Anchor, Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ModelVersion } from '~/api/types';
import { CopyableId } from '~/components/CopyableId';
import { TextLink } from '~/components/LinkButton';
import { useI18n } from '~/i18n/I18nProvider';
import { Checksum } from './Checksum';
import classes from './Lineage.module.css';
import { LineageUses } from './LineageUses';
import { originDatasetQuery, originJobQuery } from './lineageQueries';
import { sourcePage } from './sourcePage';

/** From the file to the endpoints: each step a link, with what it can be recognised by. */
export function Lineage({ version }: { version: ModelVersion }) {
  const { t } = useI18n();
  const { base_model: base, number } = version;
  const source = sourcePage(base.source);
  return (
    <Paper p="lg">
      <ol className={classes.chain}>
        <FromDataset version={version} />
        <Step name={t('lineage.job')} id={version.job_id}>
          <TextLink to="/jobs/$jobId" params={{ jobId: version.job_id }} fz="sm">
            {t('lineage.jobOf', { preset: t(`preset.${version.preset}`) })}
          </TextLink>
        </Step>
        <Step
          name={t('origin.baseModel')}
          facts={`${base.licence} · ${base.source}`}
          id={base.id}
          sha256={base.sha256}
        >
          {source ? (
            <Anchor href={source} target="_blank" rel="noreferrer" fz="sm">
              {base.name}
            </Anchor>
          ) : (
            base.name
          )}
        </Step>
        <Step name={t('model.thisVersion')} id={version.id} sha256={version.manifest_sha256}>
          <TextLink
            to="/models/$modelId/versions/$number"
            params={{ modelId: version.model_id, number: String(number) }}
            fz="sm"
          >
            {`${version.model_name} ${t('common.versionShort', { number })}`}
          </TextLink>
        </Step>
        <Step name={t('lineage.uses')}>
          <LineageUses versionId={version.id} />
        </Step>
      </ol>
    </Paper>
  );
}

/** The file and the dataset version that was read from it. */
function FromDataset({ version }: { version: ModelVersion }) {
  const { t, format } = useI18n();
  const { dataset } = version;
  const job = useQuery(originJobQuery(version.job_id));
  const datasetId = job.data?.dataset_id;
  const found = useQuery({
    ...originDatasetQuery(datasetId ?? '', dataset.number),
    enabled: typeof datasetId === 'string',
  });
  const upload = found.data?.upload;
  const name = `${dataset.name} ${t('common.versionShort', { number: dataset.number })}`;
  const linked = (text: string) =>
    datasetId ? (
      <TextLink to="/datasets/$datasetId" params={{ datasetId }} fz="sm">
        {text}
      </TextLink>
    ) : (
      text
    );
  return (
    <>
      <Step name={t('lineage.file')} facts={upload && format.bytes(upload.bytes)} sha256={upload?.sha256}>
        {upload ? linked(upload.filename) : found.isError || datasetId === null ? t('lineage.fileGone') : '…'}
      </Step>
      <Step
        name={t('lineage.dataset')}
        facts={t('datasets.rowCount', { count: dataset.rows })}
        id={dataset.version_id}
        sha256={dataset.sha256}
      >
        {linked(name)}
      </Step>
    </>
  );
}

interface StepProps {
  name: string;
  facts?: string | null;
  id?: string;
  sha256?: string;
  children: ReactNode;
}

function Step({ name, facts, id, sha256, children }: StepProps) {
  return (
    <li className={classes.step}>
      <Stack gap={2}>
        <Text fz="xs" c="dimmed">
          {name}
        </Text>
        <Group gap="xs">
          <Text component="div" fz="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
            {children}
          </Text>
          {facts && (
            <Text fz="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {facts}
            </Text>
          )}
        </Group>
        <Group gap="xs">
          {id && <CopyableId id={id} />}
          {sha256 && <Checksum sha256={sha256} />}
        </Group>
      </Stack>
    </li>
  );
}
