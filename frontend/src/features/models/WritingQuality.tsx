import { SimpleGrid, Text } from '@mantine/core';
import type { GenerationEvaluation, ModelVersion } from '~/api/types';
import { axisOf } from '~/components/axis';
import { ChartFrame } from '~/components/ChartFrame';
import { Section } from '~/components/Section';
import { Term } from '~/components/Term';
import { useI18n } from '~/i18n/I18nProvider';
import { IntervalBars } from './IntervalBars';
import { MEASURES, type Measure, tunedOf, waysOf } from './measures';

const MARKS = { share: [0, 0.25, 0.5, 0.75, 1], points: [0, 25, 50, 75, 100] };

interface Props {
  version: ModelVersion;
  evaluation: GenerationEvaluation;
}

/** How a model that writes does beside the untuned one and beside copying, measure by measure, on the same rows. */
export default function WritingQuality({ version, evaluation }: Props) {
  const { t } = useI18n();
  const { scored_rows: scored, answered_rows: answered, rows, memorisation } = evaluation;
  const fileName = `${version.model_name}-v${version.number}`;
  const measured = MEASURES.filter(({ of }) => of(tunedOf(evaluation)) !== undefined);
  return (
    <>
      <Section title={t('writing.title')} hint={t('writing.hint', { scored, answered, rows })}>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          {measured.map((measure) => (
            <MeasureBars key={measure.name} measure={measure} evaluation={evaluation} fileName={fileName} />
          ))}
        </SimpleGrid>
      </Section>
      <Section title={t('memorisation.title')} hint={t('memorisation.hint')}>
        <Text fz="sm">
          {t('memorisation.expected', { count: memorisation.expected, asked: Math.max(scored, answered) })}{' '}
          {t('memorisation.answers', { count: memorisation.answers, answered })}
        </Text>
      </Section>
    </>
  );
}

interface BarsProps {
  measure: Measure;
  evaluation: GenerationEvaluation;
  fileName: string;
}

function MeasureBars({ measure: { name, of, scale, least }, evaluation, fileName }: BarsProps) {
  const { t, format } = useI18n();
  const ways = waysOf(evaluation).flatMap((way) => {
    const found = of(way);
    return found ? [{ label: t(`way.${way.kind}`), ...found, strong: way.kind === 'tuned' }] : [];
  });
  const show = (value: number) =>
    scale === 'share' ? format.percent(value) : format.number(value, value < 100 ? 1 : 0);
  const marks = scale === 'open' ? axisOf([0, ...ways.map(({ high }) => high)]).ticks : MARKS[scale];
  const title = t(`metric.${name}`);
  const columns = [title, t('model.low'), t('model.high')].map((column) => ({ name: column, format: show }));
  return (
    <ChartFrame
      title={least ? t('writing.lessIsBetter', { measure: title }) : title}
      fileName={`${fileName}-${name}`}
      table={{
        columns: [{ name: t('model.way') }, ...columns],
        rows: ways.map(({ label, value, low, high }) => [label, value, low, high]),
      }}
    >
      {(width) => (
        <>
          <IntervalBars label={title} width={width} bars={ways} marks={marks} show={show} />
          <Text fz="xs" c="dimmed">
            <Term word={t('writing.whatIsIt')} gloss={t(`gloss.${name}`)} />
          </Text>
        </>
      )}
    </ChartFrame>
  );
}
