import { useI18n } from '~/i18n/I18nProvider';
import classes from './charts.module.css';

export interface IntervalBar {
  label: string;
  value: number;
  low: number;
  high: number;
  /** What else there is to say, in parts. */
  notes?: string[];
  strong?: boolean;
}

/** Height of a bar with its name, to which each line beneath it adds. */
const ROW = 50;
/** Below this width in pixels a note takes one line per part. */
const NARROW = 520;
const LINE = 16;
const AXIS = 24;
/** Room for the numbers beside the bars. */
const VALUE = 64;
const SHARES = [0, 0.25, 0.5, 0.75, 1];

interface Props {
  label: string;
  width: number;
  bars: IntervalBar[];
  /** Marks of the axis, from nothing to where it ends. */
  marks?: number[];
  show?: (value: number) => string;
}

/** Values as bars from nothing to the most there is, each with its interval as a whisker; shares if not told else. */
export function IntervalBars({ label, width, bars, marks = SHARES, show }: Props) {
  const { format } = useI18n();
  const mark = show ?? ((value: number) => format.percent(value, 0));
  const most = marks.at(-1) ?? 1;
  const lines = ({ notes = [] }: IntervalBar) =>
    width < NARROW || notes.length === 0 ? notes : [notes.join(' · ')];
  const tops = bars.map((_, place) =>
    bars.slice(0, place).reduce((top, bar) => top + ROW + LINE * lines(bar).length, 0),
  );
  const height = bars.reduce((sum, bar) => sum + ROW + LINE * lines(bar).length, AXIS);
  const x = (value: number) => 2 + (value / most) * (width - VALUE);
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      {marks.map((place) => (
        <g key={place}>
          <line x1={x(place)} x2={x(place)} y1={0} y2={height - AXIS} className={classes.grid} />
          <text
            x={x(place)}
            y={height - 6}
            textAnchor={place === 0 ? 'start' : 'middle'}
            className={classes.tick}
          >
            {mark(place)}
          </text>
        </g>
      ))}
      {bars.map((bar, place) => (
        <Bar
          key={bar.label}
          bar={bar}
          show={show ?? format.percent}
          notes={lines(bar)}
          top={tops[place] ?? 0}
          x={x}
          width={width}
        />
      ))}
    </svg>
  );
}

interface BarProps {
  bar: IntervalBar;
  show: (value: number) => string;
  notes: string[];
  top: number;
  x: (value: number) => number;
  width: number;
}

function Bar({ bar, show, notes, top, x, width }: BarProps) {
  const { label, value, low, high, strong } = bar;
  const middle = top + 27;
  return (
    <g>
      <text x={2} y={top + 12} className={classes.label} data-strong={strong} data-narrow={width < NARROW}>
        {label}
      </text>
      <text x={width - 2} y={middle + 5} textAnchor="end" className={classes.label} data-strong>
        {show(value)}
      </text>
      <rect
        x={x(0)}
        y={top + 20}
        width={x(value) - x(0)}
        height={14}
        rx={3}
        className={classes.bar}
        data-strong={strong}
      />
      <path
        d={`M${x(low)} ${middle}H${x(high)}M${x(low)} ${middle - 5}v10M${x(high)} ${middle - 5}v10`}
        className={classes.whisker}
      />
      {notes.map((note, line) => (
        <text key={note} x={2} y={top + 48 + line * LINE} className={classes.tick}>
          {note}
        </text>
      ))}
    </g>
  );
}
