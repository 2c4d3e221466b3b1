import { useI18n } from '~/i18n/I18nProvider';
import classes from './ScoreBar.module.css';

interface Props {
  label: string;
  fraction: number;
  note?: string;
  strong?: boolean;
}

/** One share as a labelled bar with its number. */
export function ScoreBar({ label, fraction, note, strong = false }: Props) {
  const { format } = useI18n();
  const percent = format.percent(fraction);
  return (
    <div className={classes.row} data-strong={strong}>
      <span className={classes.label}>{label}</span>
      <span className={classes.number}>{note ? `${percent} · ${note}` : percent}</span>
      <span className={classes.track} aria-hidden="true">
        <span className={classes.fill} style={{ width: `${Math.max(0, Math.min(1, fraction)) * 100}%` }} />
      </span>
    </div>
  );
}
