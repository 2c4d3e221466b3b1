import { Group, Text } from '@mantine/core';
import { type PointerEvent, useState } from 'react';
import { axisOf } from './axis';
import classes from './LineChart.module.css';
import { runs, thinned, valueAt } from './linePoints';

export interface Point {
  x: number;
  y: number;
  /** A line is broken where this changes. */
  run?: number;
}

export interface Series {
  name: string;
  points: Point[];
}

interface Props {
  title: string;
  width: number;
  xLabel: string;
  yLabel: string;
  series: Series[];
  formatX: (value: number) => string;
  format: (value: number) => string;
  /** Where the value axis begins, if not at the least value. */
  from?: number;
}

const HEIGHT = 220;
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 12, 12, 44];
const COLORS = ['var(--ty-chart-1)', 'var(--ty-chart-2)', 'var(--ty-chart-3)', 'var(--ty-chart-4)'];
const DASHES = [undefined, '6 3', '2 3', '8 3 2 3'];

/** Lines over labelled axes. They differ by colour and by dash, so that they survive colour-blindness and print. */
export function LineChart(props: Props) {
  const { title, width, xLabel, series, formatX, format, from } = props;
  const [pointed, setPointed] = useState<number | null>(null);
  const xs = series.flatMap(({ points }) => points.map(({ x }) => x));
  const ys = series.flatMap(({ points }) => points.map(({ y }) => y));
  // Steps and seconds are told as whole numbers: with a mark at each half, every number would stand there twice.
  const across = axisOf(xs, width > 420 ? 6 : 3, 1);
  const up = axisOf(from === undefined ? ys : [...ys, from]);
  const [start, end] = [Math.min(...xs), Math.max(...xs)];
  const x = scale(start, end, LEFT, width - RIGHT);
  const y = scale(up.low, up.high, HEIGHT - BOTTOM, TOP);
  const point = ({ clientX, currentTarget }: PointerEvent<SVGSVGElement>) => {
    const place = clientX - currentTarget.getBoundingClientRect().left;
    setPointed(nearest(xs, start + ((place - LEFT) / (width - RIGHT - LEFT)) * (end - start)));
  };
  return (
    <>
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={title}
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
      >
        {up.ticks.map((value) => (
          <g key={value}>
            <line x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} className={classes.grid} />
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end" className={classes.tick}>
              {format(value)}
            </text>
          </g>
        ))}
        {across.ticks
          .filter((value) => value >= start && value <= end)
          .map((value) => (
            <text
              key={value}
              x={x(value)}
              y={HEIGHT - BOTTOM + 18}
              textAnchor="middle"
              className={classes.tick}
            >
              {formatX(value)}
            </text>
          ))}
        <text x={(LEFT + width - RIGHT) / 2} y={HEIGHT - 6} textAnchor="middle" className={classes.axis}>
          {xLabel}
        </text>
        <text
          transform={`translate(12 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`}
          textAnchor="middle"
          className={classes.axis}
        >
          {props.yLabel}
        </text>
        {series.map(({ name, points }, place) => (
          <Line key={name} points={thinned(points)} place={place} x={x} y={y} />
        ))}
        {pointed !== null && (
          <line x1={x(pointed)} x2={x(pointed)} y1={TOP} y2={HEIGHT - BOTTOM} className={classes.pointer} />
        )}
      </svg>
      <Group gap="md" mt={4}>
        {series.map(({ name, points }, place) => (
          <Text key={name} fz="xs" className={classes.key}>
            <svg width="20" height="8" aria-hidden="true">
              <line x1="0" x2="20" y1="4" y2="4" {...look(place)} />
            </svg>
            {name} {format(valueAt(points, pointed))}
          </Text>
        ))}
        {pointed !== null && (
          <Text fz="xs" c="dimmed">
            {xLabel} {formatX(pointed)}
          </Text>
        )}
      </Group>
    </>
  );
}

interface LineProps {
  points: Point[];
  place: number;
  x: (value: number) => number;
  y: (value: number) => number;
}

function Line({ points, place, x, y }: LineProps) {
  return runs(points).map((run) =>
    run.length === 1 ? (
      <circle key={run[0]?.x} cx={x(run[0]?.x ?? 0)} cy={y(run[0]?.y ?? 0)} r={3} fill={look(place).stroke} />
    ) : (
      <polyline
        key={run[0]?.x}
        points={run.map((at) => `${x(at.x)},${y(at.y)}`).join(' ')}
        fill="none"
        strokeLinejoin="round"
        {...look(place)}
      />
    ),
  );
}

function look(place: number) {
  return {
    stroke: COLORS[place % COLORS.length],
    strokeDasharray: DASHES[place % DASHES.length],
    strokeWidth: 2,
  };
}

function nearest(values: number[], wanted: number): number | null {
  let found: number | null = null;
  for (const value of values) {
    if (found === null || Math.abs(value - wanted) < Math.abs(found - wanted)) found = value;
  }
  return found;
}

function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  const span = to - from || 1;
  return (value) => Math.round((start + ((value - from) / span) * (end - start)) * 10) / 10;
}
