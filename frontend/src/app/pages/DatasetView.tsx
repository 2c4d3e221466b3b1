import { Alert, Button, Group, Text } from '@mantine/core';
import type { DatasetVersion } from '~/api/types';
import { DatasetTabs } from '~/features/datasets/DatasetTabs';
import { Questions } from '~/features/datasets/Questions';
import { ReportStrip } from '~/features/datasets/ReportStrip';
import { SuggestionNote } from '~/features/datasets/SuggestionNote';
import type { DatasetSearch } from '~/features/datasets/search';
import { useI18n } from '~/i18n/I18nProvider';

interface Props {
  version: DatasetVersion;
  latest: number | null;
  search: DatasetSearch;
  onSearch: (change: Partial<DatasetSearch>) => void;
}

/** One version: what is not certain about it first, then what the report says, then everything in it. */
export function DatasetView({ version, latest, search, onSearch }: Props) {
  const { t } = useI18n();
  const isLatest = version.number === latest;
  return (
    <>
      {!isLatest && latest !== null && (
        <Alert color="blue" mb="md" role="status">
          <Group justify="space-between" gap="xs">
            <Text fz="sm">{t('datasets.olderVersion', { number: version.number, latest })}</Text>
            <Button
              size="xs"
              variant="default"
              onClick={() => onSearch({ version: undefined, finding: undefined, row: undefined })}
            >
              {t('datasets.toLatest')}
            </Button>
          </Group>
        </Alert>
      )}
      {isLatest && <Questions version={version} />}
      <ReportStrip
        version={version}
        onOpen={() => onSearch({ tab: 'report' })}
        onRepair={() => onSearch({ tab: 'report', repairing: true })}
      />
      <SuggestionNote version={version} />
      <DatasetTabs version={version} latest={latest} search={search} onSearch={onSearch} />
    </>
  );
}
