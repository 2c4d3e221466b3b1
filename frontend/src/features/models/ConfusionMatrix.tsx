import { ActionIcon, Group, SegmentedControl, Text } from '@mantine/core';
import { IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { useState } from 'react';
import type { Evaluation } from '~/api/types';
import { ChartFrame } from '~/components/ChartFrame';
import type { Format } from '~/i18n/format';
import { useI18n } from '~/i18n/I18nProvider';
import type { Translate } from '~/i18n/translate';
import classes from './charts.module.css';
import { type Cell, cells, MOST_AT_ONCE, mostConfused } from './confusion';
import { MatrixDrawing } from './MatrixDrawing';
import { useVersionSearch } from './useVersionSearch';

const LARGEST_CELL = 48;
const LEAST_NAMES = 110;
/** Smallest side of a cell by step of the zoom, from all at a glance to every number. */
const ZOOM = [11, 16, 22, 30];

/** What was taken for what; where there are many classes, first the ones that are mixed up the most. */
export function ConfusionMatrix({ evaluation, fileName }: { evaluation: Evaluation; fileName: string }) {
  const { t, format } = useI18n();
  const [search, change] = useVersionSearch();
  const [zoom, setZoom] = useState(0);
  const [looked, setLooked] = useState<Cell | null>(null);
  const many = evaluation.labels.length > MOST_AT_ONCE;
  const all = !many || search.matrix === 'all';
  const labels = all ? evaluation.labels : mostConfused(evaluation);
  const found = cells(evaluation);
  const shown = found.filter(({ label, predicted }) => labels.includes(label) && labels.includes(predicted));
  const title = t('matrix.axis');
  return (
    <>
      {many && (
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t('matrix.which')}
            value={all ? 'all' : 'most'}
            onChange={(value) => change({ matrix: value === 'all' ? 'all' : undefined })}
            data={[
              { value: 'most', label: t('matrix.most', { count: mostConfused(evaluation).length }) },
              { value: 'all', label: t('matrix.all', { count: evaluation.labels.length }) },
            ]}
          />
          {all && <Zoom step={zoom} onStep={setZoom} />}
        </Group>
      )}
      <ChartFrame title={title} fileName={`${fileName}-confusion`} table={table(found, t, format)}>
        {(width) => (
          <>
            <MatrixDrawing
              key={String(all)}
              label={title}
              labels={labels}
              cells={shown}
              {...measures(width, labels, ZOOM[all && many ? zoom : 1] ?? 0)}
              onLook={setLooked}
            />
            <Legend width={width} looked={looked} cells={shown} />
          </>
        )}
      </ChartFrame>
    </>
  );
}

/** What the colours mean, or what the cell under the pointer says. Whichever it is, nothing beneath it moves. */
function Legend({ width, looked, cells }: { width: number; looked: Cell | null; cells: Cell[] }) {
  const { t, format } = useI18n();
  const hint = t('matrix.hint');
  const says = cells.map((cell) => said(cell, t, format));
  const longest = says.reduce((one, other) => (other.length > one.length ? other : one), hint);
  const texts = [
    { text: hint, seen: looked === null },
    { text: longest, seen: false },
    ...(looked ? [{ text: said(looked, t, format), seen: true }] : []),
  ];
  return (
    <div className={classes.legend} style={{ maxWidth: width }} aria-hidden="true">
      {texts.map(({ text, seen }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what stands there has no other name.
        <Text key={place} fz="sm" lineClamp={3} data-seen={seen}>
          {text}
        </Text>
      ))}
    </div>
  );
}

function Zoom({ step, onStep }: { step: number; onStep: (step: number) => void }) {
  const { t } = useI18n();
  return (
    <Group gap={4}>
      <ActionIcon
        variant="default"
        aria-label={t('matrix.zoomOut')}
        disabled={step === 0}
        onClick={() => onStep(step - 1)}
      >
        <IconZoomOut size={16} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        aria-label={t('matrix.zoomIn')}
        disabled={step === ZOOM.length - 1}
        onClick={() => onStep(step + 1)}
      >
        <IconZoomIn size={16} />
      </ActionIcon>
    </Group>
  );
}

/** As large as the width allows, and never smaller than can be read: then it scrolls sideways. */
function measures(width: number, labels: string[], smallest: number) {
  const longest = Math.max(...labels.map((label) => label.length));
  const usual = Math.min(longest * 7 + 16, width < 600 ? 120 : 190);
  const fitting = Math.floor((width - usual - 1) / labels.length);
  const side = Math.max(smallest, Math.min(fitting, LARGEST_CELL));
  const type = Math.min(12, Math.max(9, side - 2));
  // What the cells leave: more where they are few, less where they would not fit else.
  const left = width - labels.length * side - 1;
  const names = Math.min(longest * type * 0.64 + 16, Math.max(LEAST_NAMES, left));
  return { side, names, type };
}

function said({ label, predicted, count, share }: Cell, t: Translate, format: Format): string {
  return t('matrix.said', { label, predicted, count, share: format.percent(share) });
}

function table(found: Cell[], t: Translate, format: Format) {
  return {
    columns: [
      { name: t('matrix.truth') },
      { name: t('matrix.answer') },
      { name: t('model.classRows'), format: (value: number) => format.number(value) },
      { name: t('matrix.share'), format: (value: number) => format.percent(value) },
    ],
    rows: found
      .toSorted((one, other) => other.count - one.count)
      .map(({ label, predicted, count, share }) => [label, predicted, count, share]),
  };
}
