import { Text } from '@mantine/core';
import type { Calibration, Evaluation } from '~/api/types';
import { ChartFrame } from '~/components/ChartFrame';
import { useI18n } from '~/i18n/I18nProvider';
import { calibrationKind, FEW_ROWS } from './calibration';
import classes from './charts.module.css';

const LARGEST = 420;
const LEFT = 46;
const BOTTOM = 40;
const TOP = 26;
const MARKS = [0, 0.25, 0.5, 0.75, 1];

/** Whether its scores can be taken at their word, in words and as a curve. */
export function ReliabilityCurve({ evaluation, fileName }: { evaluation: Evaluation; fileName: string }) {
  const { t, format } = useI18n();
  const { calibration, rows } = evaluation;
  const percent = (value: number) => format.percent(value);
  const points = format.number(calibration.expected_error * 100, 1);
  const title = t('calibration.chart');
  const table = {
    columns: [
      { name: t('calibration.from'), format: percent },
      { name: t('calibration.to'), format: percent },
      { name: t('calibration.score'), format: percent },
      { name: t('calibration.right'), format: percent },
      { name: t('model.classRows'), format: (value: number) => format.number(value) },
    ],
    rows: calibration.bins.map((bin) => [bin.lower, bin.upper, bin.confidence, bin.accuracy, bin.count]),
  };
  return (
    <>
      <Text maw={860}>
        {t(`calibration.${calibrationKind(calibration)}`, { points })}
        {rows < FEW_ROWS && ` ${t('calibration.fewRows', { count: rows })}`}
      </Text>
      <ChartFrame title={title} fileName={`${fileName}-reliability`} table={table}>
        {(width) => (
          <>
            <Curve calibration={calibration} size={Math.min(width, LARGEST)} label={title} />
            <Text fz="xs" c="dimmed" mt="xs">
              {t('calibration.reading')}
            </Text>
          </>
        )}
      </ChartFrame>
    </>
  );
}

function Curve({ calibration, size, label }: { calibration: Calibration; size: number; label: string }) {
  const { t, format } = useI18n();
  const x = (share: number) => LEFT + share * (size - LEFT - 20);
  const y = (share: number) => TOP + (1 - share) * (size - BOTTOM - TOP);
  const most = Math.max(...calibration.bins.map(({ count }) => count));
  const line = calibration.bins.map((bin) => `${x(bin.confidence)},${y(bin.accuracy)}`).join(' ');
  return (
    <svg width={size} height={size} role="img" aria-label={label}>
      {MARKS.map((mark) => (
        <g key={mark} className={classes.tick}>
          <line x1={x(0)} x2={x(1)} y1={y(mark)} y2={y(mark)} className={classes.grid} />
          <text x={LEFT - 6} y={y(mark) + 4} textAnchor="end">
            {format.percent(mark, 0)}
          </text>
          <text x={x(mark)} y={y(0) + 16} textAnchor="middle">
            {format.percent(mark, 0)}
          </text>
        </g>
      ))}
      <text x={2} y={12} className={classes.tick}>
        {t('calibration.right')}
      </text>
      <text x={x(0.5)} y={size - 4} textAnchor="middle" className={classes.tick}>
        {t('calibration.scoreAxis')}
      </text>
      <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className={classes.honest} />
      <polyline points={line} className={classes.curve} />
      {calibration.bins.map((bin) => (
        <circle
          key={bin.lower}
          cx={x(bin.confidence)}
          cy={y(bin.accuracy)}
          r={3 + 9 * Math.sqrt(bin.count / most)}
          className={classes.point}
        >
          <title>
            {t('calibration.point', {
              score: format.percent(bin.confidence),
              right: format.percent(bin.accuracy),
              count: bin.count,
            })}
          </title>
        </circle>
      ))}
    </svg>
  );
}
