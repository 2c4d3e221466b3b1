import { Group } from '@mantine/core';
import type { Dataset, DatasetVersion } from '~/api/types';
import { LinkButton } from '~/components/LinkButton';
import { PageHeader } from '~/components/PageHeader';
import { StatusBadge } from '~/components/StatusBadge';
import { DatasetMenu } from '~/features/datasets/DatasetMenu';
import { useRenameDataset } from '~/features/datasets/queries';
import { useI18n } from '~/i18n/I18nProvider';
import type { Dialog } from './DatasetDialog';
import { useDatasetSearch } from './useDatasetSearch';

interface Props {
  dataset: Dataset;
  /** The version that is looked at, once it is known. */
  version: DatasetVersion | undefined;
  reading: boolean;
  onOpen: (dialog: Dialog) => void;
}

/** What the dataset is, its state, and what can be done with it: fine-tuning first. */
export function DatasetHeader({ dataset, version, reading, onOpen }: Props) {
  const { t } = useI18n();
  const [search, change] = useDatasetSearch();
  const rename = useRenameDataset(dataset.id);
  return (
    <PageHeader
      title={dataset.name}
      onRename={rename.mutateAsync}
      crumbs={[{ label: t('nav.datasets'), to: '/datasets' }]}
      badge={<StatusBadge status={reading ? 'processing' : dataset.status} />}
      id={dataset.id}
      facts={version && <Facts version={version} />}
      action={
        <Group gap="xs" wrap="nowrap">
          {version && (
            <LinkButton
              to="/datasets/$datasetId/fine-tune"
              params={{ datasetId: dataset.id }}
              search={{ version: search.version }}
            >
              {t('fineTune.open')}
            </LinkButton>
          )}
          <DatasetMenu
            version={version}
            onUpload={() => onOpen('upload')}
            onReading={() => change({ reading: true })}
            onDelete={() => onOpen('delete')}
          />
        </Group>
      }
    />
  );
}

function Facts({ version }: { version: DatasetVersion }) {
  const { t } = useI18n();
  const facts = [
    t('common.versionShort', { number: version.number }),
    t('datasets.rowCount', { count: version.rows }),
    t('datasets.columnCount', { count: version.columns.length }),
  ];
  return facts.join(' · ');
}
