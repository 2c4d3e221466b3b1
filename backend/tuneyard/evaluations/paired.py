"""How far the accuracies of two versions lie apart on the same rows."""

import math
from typing import Literal

from tuneyard.evaluations.schemas import PairedDifference

Z_95 = 1.959964


def paired_difference(fixed: int, broken: int, rows: int) -> PairedDifference:
    """Share of fixed minus share of broken rows, with the adjusted Wald interval of Bonett and Price (2012).

    Unlike a bootstrap it needs no random numbers, and is not of width zero where few rows flip or none.
    """
    up, down = (fixed + 1) / (rows + 2), (broken + 1) / (rows + 2)
    margin = Z_95 * math.sqrt((up + down - (up - down) ** 2) / (rows + 2))
    return PairedDifference(
        value=(fixed - broken) / rows, low=max(-1.0, up - down - margin), high=min(1.0, up - down + margin)
    )


def compare(difference: PairedDifference) -> Literal["better", "similar", "worse"]:
    """Better or worse only if the whole interval lies on that side of zero."""
    if difference.low > 0:
        return "better"
    return "worse" if difference.high < 0 else "similar"
