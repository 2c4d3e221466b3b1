import type { ReactNode } from 'react';
import type { Job, Role, Task } from '~/api/types';
import { type Fact, FactList } from '~/components/FactList';
import { Section } from '~/components/Section';
import { useI18n } from '~/i18n/I18nProvider';

/** What a fine-tune was asked for, as the job stores it. */
export interface FineTuneSpec {
  task: Task;
  columns: Partial<Record<Role, string | string[]>>;
  base_model: string;
  preset: 'fast' | 'balanced' | 'best';
  hyperparameters: Record<string, string | number | boolean | string[]>;
  seed: number;
  name: string;
  dataset_version: number;
  rows: number;
}

const ROLES = [
  'text',
  'label',
  'messages',
  'conversation',
  'author',
  'content',
  'system',
  'prompt',
  'completion',
  'rejected',
] as const satisfies Role[];

export function specOf(job: Job): FineTuneSpec | null {
  return job.kind === 'fine_tune' ? (job.spec as unknown as FineTuneSpec) : null;
}

interface Props {
  spec: FineTuneSpec;
  dataset: ReactNode;
  /** Why training settled on what it did; known when it is over. */
  reason?: string;
}

/** What was chosen, and why. */
export function JobChoices({ spec, dataset, reason }: Props) {
  const { t, format } = useI18n();
  const writes = spec.task === 'text_generation';
  const preset = t(`preset.${spec.preset}`);
  const share = format.percent(Number(spec.hyperparameters.test_fraction), 0);
  const answering = [spec.hyperparameters.answering_authors].filter(
    (names) => Array.isArray(names) && names.length > 0,
  ) as string[][];
  const facts: Fact[] = [
    [t('origin.dataset'), dataset],
    ...ROLES.filter((role) => spec.columns[role]).map((role): [string, ReactNode] => [
      t(`fineTune.${role}`),
      [spec.columns[role]].flat().join(' + '),
    ]),
    ...answering.map((names): [string, ReactNode] => [t('fineTune.answering'), names.join(', ')]),
    [t('origin.baseModel'), spec.base_model],
    [
      t('origin.preset'),
      `${preset}: ${t(writes ? `presetWrites.${spec.preset}` : `presetHint.${spec.preset}`)}`,
    ],
    [
      t('fineTune.exam'),
      spec.columns.split
        ? t('exam.byColumn', { column: String(spec.columns.split) })
        : t(writes ? 'exam.randomShare' : 'exam.share', { share }),
    ],
  ];
  if (reason) facts.push([t('job.settledOn'), reason]);
  return (
    <Section title={t('job.choices')}>
      <FactList facts={facts} />
    </Section>
  );
}
