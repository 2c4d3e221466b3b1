"""What is worth saying about an evaluation, before it is put into words."""

from dataclasses import dataclass
from typing import Literal

from tuneyard.specs.evaluation import Baseline, ClassMetrics, Interval

Level = Literal["better", "similar", "worse"]

# Below this many held-out rows the interval is wider than about ten points.
FEW_ROWS = 100
# A class with fewer held-out rows is only called the weakest if all classes are that small.
ENOUGH_OF_A_CLASS = 5
LONGEST_LABEL = 60


@dataclass(frozen=True)
class Findings:
    """The facts of the verdict."""

    accuracy: Interval
    rows: int
    baselines: list[Baseline]
    best: Baseline
    """The strongest of the baselines that can't have learnt from the held-out rows."""
    level: Level
    weakest: ClassMetrics | None

    @property
    def few_rows(self) -> bool:
        return self.rows < FEW_ROWS

    @property
    def margin(self) -> float:
        """Half-width of the interval, the larger side."""
        return max(self.accuracy.high - self.accuracy.value, self.accuracy.value - self.accuracy.low)

    @property
    def plausible(self) -> tuple[float, float]:
        return plausible(self.accuracy, self.rows)


def find(accuracy: Interval, rows: int, per_class: list[ClassMetrics], baselines: list[Baseline]) -> Findings:
    """Compare with the strongest fair baseline and look for the weakest class."""
    fair = [baseline for baseline in baselines if not baseline.possibly_seen]
    best = max(fair, key=lambda baseline: baseline.accuracy.value)
    return Findings(accuracy, rows, baselines, best, compare(best.difference), weakest_class(per_class))


def plausible(share: Interval, rows: int) -> tuple[float, float]:
    """Between which values the true share lies; a bootstrap of all right or all wrong rows can't tell."""
    # The rule of three, exactly: with this rate, n rows without a single case happen once in twenty times.
    unseen = 1 - 0.05 ** (1 / rows)
    if share.value == 1:
        return 1 - unseen, 1.0
    if share.value == 0:
        return 0.0, unseen
    return share.low, share.high


def compare(difference: Interval) -> Level:
    """Better or worse only if the whole interval of the difference lies on that side of zero."""
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "similar"


def weakest_class(per_class: list[ClassMetrics]) -> ClassMetrics | None:
    """The class with the lowest F1 among those with enough held-out rows; None if it has no mistake."""
    held_out = [found for found in per_class if found.support > 0]
    candidates = [found for found in held_out if found.support >= ENOUGH_OF_A_CLASS] or held_out
    weakest = min(candidates, key=lambda found: (found.f1, -found.support))
    return weakest if weakest.f1 < 1 else None


def percent(share: float) -> str:
    """As `93.7` or `21`; never rounded up to 100 or down to 0 where that is not the whole truth."""
    decimals = 1
    while decimals < 6 and 0 < share < 1 and round(share * 100, decimals) in {0.0, 100.0}:
        decimals += 1
    return f"{share * 100:.{decimals}f}".rstrip("0").rstrip(".")


def shown(label: str) -> str:
    """A label on one line, cut where it would drown the sentence."""
    line = " ".join(label.split())
    return line if len(line) <= LONGEST_LABEL else line[: LONGEST_LABEL - 1] + "…"
