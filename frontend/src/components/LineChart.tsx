import { Group, Text } from '@mantine/core';
import classes from './LineChart.module.css';

export interface Series {
  name: string;
  points: { x: number; y: number }[];
}

interface Props {
  title: string;
  xLabel: string;
  series: Series[];
  format: (value: number) => string;
}

const WIDTH = 480;
const HEIGHT = 160;
const LEFT = 56;
const BOTTOM = 20;
const TOP = 8;
const COLORS = ['var(--ty-chart-1)', 'var(--ty-chart-2)', 'var(--ty-chart-3)', 'var(--ty-chart-4)'];
const DASHES = [undefined, '6 3', '2 3', '8 3 2 3'];

/** A small line chart. Lines differ by colour and by dash, so that it survives colour-blindness and print. */
export function LineChart({ title, xLabel, series, format }: Props) {
  const xs = series.flatMap(({ points }) => points.map(({ x }) => x));
  const ys = series.flatMap(({ points }) => points.map(({ y }) => y));
  const x = scale(Math.min(...xs), Math.max(...xs), LEFT, WIDTH - 8);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const y = scale(low, high, HEIGHT - BOTTOM, TOP);
  return (
    <figure className={classes.figure}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title} className={classes.chart}>
        {[low, high].map((value) => (
          <g key={value}>
            <line x1={LEFT} x2={WIDTH - 8} y1={y(value)} y2={y(value)} className={classes.grid} />
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end" className={classes.tick}>
              {format(value)}
            </text>
          </g>
        ))}
        <text x={LEFT} y={HEIGHT - 4} className={classes.tick}>
          {`${xLabel} ${Math.min(...xs)}`}
        </text>
        <text x={WIDTH - 8} y={HEIGHT - 4} textAnchor="end" className={classes.tick}>
          {Math.max(...xs)}
        </text>
        {series.map(({ name, points }, place) => (
          <polyline
            key={name}
            points={points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ')}
            fill="none"
            stroke={COLORS[place % COLORS.length]}
            strokeDasharray={DASHES[place % DASHES.length]}
            strokeWidth={2}
            strokeLinejoin="round"
          />
        ))}
      </svg>
      <Group component="figcaption" gap="md">
        {series.map(({ name, points }, place) => (
          <Text key={name} fz="xs" className={classes.key}>
            <svg width="20" height="8" aria-hidden="true">
              <line
                x1="0"
                x2="20"
                y1="4"
                y2="4"
                stroke={COLORS[place % COLORS.length]}
                strokeDasharray={DASHES[place % DASHES.length]}
                strokeWidth={2}
              />
            </svg>
            {name} {format(points.at(-1)?.y ?? 0)}
          </Text>
        ))}
      </Group>
    </figure>
  );
}

function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  const span = to - from || 1;
  return (value) => Math.round((start + ((value - from) / span) * (end - start)) * 10) / 10;
}
