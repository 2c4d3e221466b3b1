import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useI18n } from '~/i18n/I18nProvider';
import { type Cell, type Direction, fitted, neighbour } from './confusion';
import classes from './MatrixDrawing.module.css';

interface Props {
  label: string;
  labels: string[];
  cells: Cell[];
  /** Side of a cell, room for the names of classes beside and above the cells, and the type's size, in pixels. */
  side: number;
  names: number;
  type: number;
  onLook: (cell: Cell | null) => void;
}

const KEYS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'];
/** A smaller cell has no room for its number. */
const ROOM_FOR_A_NUMBER = 20;

/** The confusion matrix: a row per true class, a column per answer; a cell opens the rows behind it. */
export function MatrixDrawing({ label, labels, cells, side, names, type, onLook }: Props) {
  const [active, setActive] = useState(0);
  const drawing = useRef<SVGSVGElement>(null);
  const size = names + labels.length * side + 1;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!KEYS.includes(event.key)) return;
    event.preventDefault();
    const next = neighbour(cells, labels, active, event.key as Direction);
    setActive(next);
    drawing.current?.querySelectorAll('a')[next]?.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms, and can't be drawn.
    <svg
      ref={drawing}
      width={size}
      height={size}
      role="group"
      aria-label={label}
      className={classes.matrix}
      style={{ fontSize: type }}
      onKeyDown={onKeyDown}
      onMouseLeave={() => onLook(null)}
    >
      <Names labels={labels} side={side} room={names} type={type} />

      {cells.map((cell, place) => (
        <CellLink
          key={`${cell.label}\n${cell.predicted}`}
          cell={cell}
          x={names + labels.indexOf(cell.predicted) * side}
          y={names + labels.indexOf(cell.label) * side}
          side={side}
          tabIndex={place === Math.min(active, cells.length - 1) ? 0 : -1}
          onLook={() => onLook(cell)}
        />
      ))}
    </svg>
  );
}

function Names({ labels, side, room, type }: { labels: string[]; side: number; room: number; type: number }) {
  const middle = (place: number) => room + (place + 0.5) * side;
  const end = room + labels.length * side;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it can be focused; each cell says its names.
    <g aria-hidden="true">
      {labels.map((name, place) => (
        <g key={name}>
          <line x1={room} x2={end} y1={middle(place) + side / 2} y2={middle(place) + side / 2} />
          <line y1={room} y2={end} x1={middle(place) + side / 2} x2={middle(place) + side / 2} />
          <text x={room - 6} y={middle(place) + type * 0.35} textAnchor="end">
            <title>{name}</title>
            {fitted(name, room - 8, type)}
          </text>
          <text
            transform={`translate(${middle(place) + type * 0.35} ${room - 6}) rotate(-90)`}
            textAnchor="start"
          >
            <title>{name}</title>
            {fitted(name, room - 8, type)}
          </text>
        </g>
      ))}
    </g>
  );
}

interface CellProps {
  cell: Cell;
  x: number;
  y: number;
  side: number;
  tabIndex: number;
  onLook: () => void;
}

function CellLink({ cell, x, y, side, tabIndex, onLook }: CellProps) {
  const { t, format } = useI18n();
  const { label, predicted, count, share } = cell;
  const right = label === predicted;
  // Few mistakes are to be seen too, so that the colour grows faster at first.
  const strength = 0.12 + 0.88 * Math.sqrt(share);
  return (
    <Link
      from="/models/$modelId/versions/$number"
      to="."
      search={{ tab: 'rows', label, predicted }}
      preload={false}
      className={classes.cell}
      tabIndex={tabIndex}
      aria-label={t('matrix.cell', { label, predicted, count })}
      onFocus={onLook}
      onMouseEnter={onLook}
    >
      <rect
        x={x + 0.5}
        y={y + 0.5}
        width={side - 1}
        height={side - 1}
        fillOpacity={strength}
        data-right={right}
      />
      {side >= ROOM_FOR_A_NUMBER && (
        <text
          x={x + side / 2}
          y={y + side / 2 + 4}
          textAnchor="middle"
          data-right={right}
          data-strong={strength > 0.6}
        >
          {format.number(count)}
        </text>
      )}
    </Link>
  );
}
