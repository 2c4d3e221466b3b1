import { useQuery } from '@tanstack/react-query';
import type { Deployment } from '~/api/types';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { DeletePanel } from './DeletePanel';
import { historyQuery } from './queries';
import { RevisionTable } from './RevisionTable';
import { ShareEditor } from './ShareEditor';

interface Props {
  deployment: Deployment;
  onDeleted: () => void;
}

/** Who answers, who answered before, and the end of it. */
export function HistoryPanel({ deployment, onDeleted }: Props) {
  const { t } = useI18n();
  const history = useQuery(historyQuery(deployment.name));
  return (
    <>
      <Section title={t('share.title')} hint={t('share.hint')}>
        <ShareEditor key={deployment.newest_revision} deployment={deployment} />
      </Section>
      <Section title={t('history.title')} hint={t('history.hint')}>
        <QueryView query={history}>
          {({ data }) => <RevisionTable name={deployment.name} revisions={data} />}
        </QueryView>
      </Section>
      <Section title={t('delete.title')}>
        <DeletePanel name={deployment.name} onDeleted={onDeleted} />
      </Section>
    </>
  );
}
