import type { Evaluation, ModelVersion } from '~/api/types';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';
import { BaselineBars } from './BaselineBars';
import { ClassTable } from './ClassTable';
import { ConfusionMatrix } from './ConfusionMatrix';
import { Mistakes } from './Mistakes';
import { MixedUpTable } from './MixedUpTable';
import { ReliabilityCurve } from './ReliabilityCurve';

interface Props {
  version: ModelVersion;
  evaluation: Evaluation;
}

/** How good a version is: against other ways, class by class, where it errs and how sure it is. */
export function ModelQuality({ version, evaluation }: Props) {
  const { t } = useI18n();
  const fileName = `${version.model_name}-v${version.number}`;
  return (
    <>
      <Section title={t('model.baselines')} hint={t('model.baselinesHint')}>
        <BaselineBars evaluation={evaluation} fileName={fileName} />
      </Section>
      <Section title={t('matrix.mixedUp')} hint={t('matrix.mixedUpHint')}>
        <MixedUpTable evaluation={evaluation} />
        <ConfusionMatrix evaluation={evaluation} fileName={fileName} />
      </Section>
      <Mistakes version={version} />
      <Section title={t('model.perClass')} hint={t('model.perClassHint')}>
        <ClassTable classes={evaluation.per_class} />
      </Section>
      <Section title={t('calibration.title')}>
        <ReliabilityCurve evaluation={evaluation} fileName={fileName} />
      </Section>
    </>
  );
}
