import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { ModelVersion } from '~/api/types';
import { PageHeader } from '~/components/PageHeader';
import { PageView } from '~/components/PageView';
import { QueryView, Waiting } from '~/components/QueryView';
import { Section } from '~/components/Section';
import { ComparedClasses } from '~/features/models/ComparedClasses';
import { ComparisonNumbers } from '~/features/models/ComparisonNumbers';
import { ComparisonVerdict } from '~/features/models/ComparisonVerdict';
import { comparisonQuery, type Pair } from '~/features/models/comparisonQueries';
import { FlippedRows } from '~/features/models/FlippedRows';
import { evaluationQuery, versionQuery } from '~/features/models/queries';
import { VersionPicker } from '~/features/models/VersionPicker';
import { useI18n } from '~/i18n/I18nProvider';

const WritingComparison = lazy(() => import('~/features/models/WritingComparison'));

/** Two versions of a model side by side. */
export function ModelComparisonPage() {
  const params = useParams({ from: '/shell/models/$modelId/versions/$number/compare/$other' });
  const { modelId } = params;
  const one = useQuery(versionQuery(modelId, Number(params.number)));
  const other = useQuery(versionQuery(modelId, Number(params.other)));
  const { t } = useI18n();
  return (
    <PageView query={one} crumbs={[{ label: t('nav.models'), to: '/models' }]}>
      {(version) => (
        <PageView query={other} crumbs={[{ label: t('nav.models'), to: '/models' }]}>
          {(against) => <Found version={version} against={against} />}
        </PageView>
      )}
    </PageView>
  );
}

function Found({ version, against }: { version: ModelVersion; against: ModelVersion }) {
  const { t } = useI18n();
  const { model_id: modelId, model_name: name, number } = version;
  const one = t('common.versionShort', { number });
  const other = t('common.versionShort', { number: against.number });
  const page = `/models/${modelId}/versions/${number}`;
  return (
    <>
      <PageHeader
        title={t('compare.title', { name, one, other })}
        crumbs={[
          { label: t('nav.models'), to: '/models' },
          { label: `${name} ${one}`, to: page },
        ]}
        action={<VersionPicker modelId={modelId} number={number} other={against.number} />}
      />
      <Compared version={version} against={against} one={one} other={other} />
    </>
  );
}

interface ComparedProps {
  version: ModelVersion;
  against: ModelVersion;
  one: string;
  other: string;
}

function Compared(props: ComparedProps) {
  if (props.version.task === 'text_generation') return <ComparedWriters {...props} />;
  return <ComparedClassifiers {...props} />;
}

/** Their exams have no answers in common that could be counted: each by its own. */
function ComparedWriters({ version, against }: ComparedProps) {
  const evaluation = useQuery(evaluationQuery(version.model_id, version.number));
  const otherEvaluation = useQuery(evaluationQuery(against.model_id, against.number));
  return (
    <QueryView query={evaluation} rows={8}>
      {(own) => (
        <QueryView query={otherEvaluation} rows={8}>
          {(theirs) =>
            own.task === 'text_generation' &&
            theirs.task === 'text_generation' && (
              <Suspense fallback={<Waiting rows={8} />}>
                <WritingComparison
                  one={{ version, evaluation: own }}
                  other={{ version: against, evaluation: theirs }}
                />
              </Suspense>
            )
          }
        </QueryView>
      )}
    </QueryView>
  );
}

function ComparedClassifiers({ version, against, one, other }: ComparedProps) {
  const { t } = useI18n();
  const pair: Pair = { modelId: version.model_id, number: version.number, otherId: against.id };
  const comparison = useQuery(comparisonQuery(pair));
  const evaluation = useQuery(evaluationQuery(version.model_id, version.number));
  const otherEvaluation = useQuery(evaluationQuery(against.model_id, against.number));
  return (
    <QueryView query={comparison} rows={8}>
      {(found) => (
        <>
          <ComparisonVerdict comparison={found} one={one} other={other} />
          <QueryView query={evaluation}>
            {(own) => (
              <QueryView query={otherEvaluation}>
                {(theirs) =>
                  own.task === 'text_generation' || theirs.task === 'text_generation' ? null : (
                    <>
                      <Section title={t('compare.numbers')}>
                        <ComparisonNumbers
                          comparison={found}
                          one={{ version, evaluation: own }}
                          other={{ version: against, evaluation: theirs }}
                        />
                      </Section>
                      {found.same_rows && (
                        <ComparedClasses evaluation={own} otherEvaluation={theirs} one={one} other={other} />
                      )}
                    </>
                  )
                }
              </QueryView>
            )}
          </QueryView>
          {found.shared_rows > 0 && <FlippedRows pair={pair} comparison={found} one={one} other={other} />}
        </>
      )}
    </QueryView>
  );
}
