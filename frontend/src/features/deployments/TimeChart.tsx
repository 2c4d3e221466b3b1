import { type PointerEvent, useState } from 'react';
import type { TrafficPeriod } from '~/api/types';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './TimeChart.module.css';
import { keyPlaces, niceTop, runs, timeTicks } from './timeScale';

export interface TimeSeries {
  name: string;
  /** Null where there is nothing to tell. */
  values: (number | null)[];
}

interface Props {
  label: string;
  width: number;
  starts: string[];
  series: TimeSeries[];
  format: (value: number) => string;
  period: TrafficPeriod;
}

const [LEAST_LEFT, RIGHT, BOTTOM, PLOT, KEY_LINE] = [56, 8, 24, 140, 20];
const LETTER = 7.5;
const COLORS = ['var(--ty-chart-1)', 'var(--ty-chart-2)', 'var(--ty-chart-3)'];
const DASHES = [undefined, '6 3', '2 3'];

/** Values over time with a key that tells those under the pointer, or the newest. */
export function TimeChart({ label, width, starts, series, format, period }: Props) {
  const { language } = useI18n();
  const [pointed, setPointed] = useState<number | null>(null);
  const last = starts.length - 1;
  const top = niceTop(Math.max(...series.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const marks = [0, top / 2, top];
  const left = Math.max(LEAST_LEFT, 16 + LETTER * Math.max(...marks.map((value) => format(value).length)));
  const place = pointed ?? last;
  const texts = series.map(({ name, values }) => {
    const value = values[place];
    return `${name} ${typeof value === 'number' ? format(value) : '–'}`;
  });
  const { places, lines } = keyPlaces(texts, width - left - RIGHT);
  const head = lines * KEY_LINE + 8;
  const x = (step: number) => left + (step / Math.max(last, 1)) * (width - left - RIGHT);
  const y = (value: number) => head + PLOT - (value / top) * PLOT;
  const follow = ({ clientX, currentTarget }: PointerEvent<SVGSVGElement>) => {
    const from = clientX - currentTarget.getBoundingClientRect().left - left;
    setPointed(Math.min(last, Math.max(0, Math.round((from / (width - left - RIGHT)) * last))));
  };
  const time = new Intl.DateTimeFormat(language, TIME_FORMATS[period]);
  const [tickFormat, whole] = [
    time,
    new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }),
  ];
  return (
    <svg
      width={width}
      height={head + PLOT + BOTTOM}
      role="img"
      aria-label={label}
      onPointerMove={follow}
      onPointerLeave={() => setPointed(null)}
    >
      {texts.map((text, number) => (
        <g
          key={series[number]?.name}
          transform={`translate(${left + (places[number]?.x ?? 0)} ${places[number]?.y})`}
        >
          <line x1={0} x2={20} y1={10} y2={10} {...stroke(number)} />
          <text x={26} y={14} className={classes.key}>
            {text}
          </text>
        </g>
      ))}
      {marks.map((value) => (
        <g key={value}>
          <line x1={left} x2={width - RIGHT} y1={y(value)} y2={y(value)} className={classes.grid} />
          <text x={left - 8} y={y(value) + 4} textAnchor="end" className={classes.tick}>
            {format(value)}
          </text>
        </g>
      ))}
      {timeTicks(starts.length, width).map((step, number, all) => (
        <text
          key={step}
          x={x(step)}
          y={head + PLOT + 18}
          textAnchor={number === 0 ? 'start' : number === all.length - 1 ? 'end' : 'middle'}
          className={classes.tick}
        >
          {pointed === null && tickFormat.format(new Date(starts[step] ?? ''))}
        </text>
      ))}
      {pointed !== null && (
        <>
          <line x1={x(pointed)} x2={x(pointed)} y1={head} y2={head + PLOT} className={classes.pointer} />
          <text x={(left + width) / 2} y={head + PLOT + 18} textAnchor="middle" className={classes.key}>
            {whole.format(new Date(starts[pointed] ?? ''))}
          </text>
        </>
      )}
      {series.map(({ name, values }, number) =>
        runs(values).map((run) => (
          <polyline
            key={`${name} ${run[0]?.step}`}
            points={pointsOf(run.map(({ step, value }) => [x(step), y(value)]))}
            fill="none"
            {...stroke(number)}
            strokeLinejoin="round"
            strokeLinecap="round"
          />
        )),
      )}
    </svg>
  );
}

const TIME_FORMATS: Record<TrafficPeriod, Intl.DateTimeFormatOptions> = {
  hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  week: { month: 'short', day: 'numeric' },
  month: { month: 'short', day: 'numeric' },
};

function stroke(number: number) {
  return { stroke: COLORS[number], strokeDasharray: DASHES[number], strokeWidth: 2 };
}

/** A single point is drawn as a short line, or it could not be seen. */
function pointsOf(points: number[][]): string {
  const [first] = points;
  const drawn =
    points.length === 1 && first
      ? [
          [(first[0] ?? 0) - 2, first[1] ?? 0],
          [(first[0] ?? 0) + 2, first[1] ?? 0],
        ]
      : points;
  return drawn.map((point) => point.map((value) => Math.round(value * 10) / 10).join(',')).join(' ');
}
