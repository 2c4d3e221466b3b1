import type { LengthBin } from '~/api/types';
import { ChartFrame } from '~/components/ChartFrame';
import { useI18n } from '~/i18n/I18nProvider';
import classes from './ColumnCard.module.css';

const HEIGHT = 96;
const BOTTOM = 18;
const TOP = 4;

/** How long the cells of a column are. */
export function LengthChart({ column, bins }: { column: string; bins: LengthBin[] }) {
  const { t, format } = useI18n();
  const most = Math.max(...bins.map(({ count }) => count));
  const range = ({ shortest, longest }: LengthBin) =>
    shortest === longest ? format.number(shortest) : `${format.number(shortest)}–${format.number(longest)}`;
  const title = t('datasets.lengthChart');
  return (
    <ChartFrame
      title={title}
      fileName={`${column}-lengths`}
      table={{
        columns: [
          { name: t('datasets.charactersColumn') },
          { name: t('datasets.cellsColumn'), format: format.number },
        ],
        rows: bins.map((bin) => [range(bin), bin.count]),
      }}
    >
      {(width) => {
        const step = width / bins.length;
        const height = (count: number) => (count / most) * (HEIGHT - BOTTOM - TOP);
        return (
          <svg
            width={width}
            height={HEIGHT}
            role="img"
            aria-label={`${title}: ${column}`}
            className={classes.chart}
          >
            {bins.map((bin, place) => (
              <rect
                key={bin.shortest}
                x={place * step + 1}
                y={HEIGHT - BOTTOM - height(bin.count)}
                width={Math.max(1, step - 2)}
                height={bin.count > 0 ? Math.max(1, height(bin.count)) : 0}
                className={classes.column}
              >
                <title>{t('datasets.lengthBar', { range: range(bin), count: bin.count })}</title>
              </rect>
            ))}
            <line x1={0} x2={width} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} className={classes.axis} />
            <text x={0} y={HEIGHT - 4} className={classes.tick}>
              {format.number(bins[0]?.shortest ?? 0)}
            </text>
            <text x={width} y={HEIGHT - 4} textAnchor="end" className={classes.tick}>
              {t('datasets.characters', { count: format.number(bins.at(-1)?.longest ?? 0) })}
            </text>
          </svg>
        );
      }}
    </ChartFrame>
  );
}
