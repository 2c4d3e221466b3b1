import { Button } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Dataset, DatasetVersion, Job } from '~/api/types';
import { JobFailure } from '~/components/JobFailure';
import { Waiting } from '~/components/QueryView';
import { useI18n } from '~/i18n/I18nProvider';
import { ReadingProgress } from './ReadingProgress';
import { useDatasetSearch } from './useDatasetSearch';

const ReadingForm = lazy(async () => ({
  default: (await import('~/features/datasets/ReadingForm')).ReadingForm,
}));

interface Props {
  dataset: Dataset;
  version: DatasetVersion | undefined;
  job: Job | undefined;
  reading: boolean;
  /** Whether what there is to read again is known. */
  ready: boolean;
}

/** How the file is being read, why it could not be, or how to read it in another way. */
export function DatasetReading({ dataset, version, job, reading, ready }: Props) {
  const { t } = useI18n();
  const [search, change] = useDatasetSearch();
  if (reading) return <ReadingProgress job={job} />;
  return (
    <>
      {dataset.error && (
        <JobFailure title={t('datasets.failed')} failure={dataset.error}>
          {!search.reading && (
            <Button size="xs" variant="default" onClick={() => change({ reading: true })}>
              {t('reading.title')}
            </Button>
          )}
        </JobFailure>
      )}
      {search.reading && ready && (
        <Suspense fallback={<Waiting rows={6} />}>
          <ReadingForm
            dataset={dataset}
            version={version}
            onDone={() => change({ reading: undefined, version: undefined, finding: undefined })}
          />
        </Suspense>
      )}
    </>
  );
}
