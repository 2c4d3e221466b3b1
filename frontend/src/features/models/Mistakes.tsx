import { useQuery } from '@tanstack/react-query';
import type { ModelVersion } from '~/api/types';
import { EmptyNote } from '~/components/EmptyNote';
import { TextLink } from '~/components/LinkButton';
import { QueryView } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { ExamRowTable } from './ExamRowTable';
import { rowsQuery } from './queries';

const SHOWN = 5;

/** What it got wrong although it was sure. */
export function Mistakes({ version }: { version: ModelVersion }) {
  const { t } = useI18n();
  const rows = useQuery(rowsQuery(version.model_id, version.number, { answers: 'wrong' }, SHOWN));
  const total = rows.data?.total ?? 0;
  return (
    <Section
      title={t('mistakes.title')}
      hint={t('mistakes.hint')}
      aside={
        total > SHOWN && (
          <TextLink from="/models/$modelId/versions/$number" to="." search={{ tab: 'rows' }} fz="sm">
            {t('mistakes.all', { count: total })}
          </TextLink>
        )
      }
    >
      <QueryView query={rows} rows={SHOWN}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyNote text={t('rows.noMistakes')} />
          ) : (
            <ExamRowTable label={t('mistakes.title')} rows={data} />
          )
        }
      </QueryView>
    </Section>
  );
}
