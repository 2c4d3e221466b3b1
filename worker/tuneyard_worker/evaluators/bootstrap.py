"""Bootstrap intervals of an accuracy and of the difference of two (Efron and Tibshirani 1993, chapter 13)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tuneyard.specs.evaluation import Interval

RESAMPLES = 2000
PERCENTILES = (2.5, 97.5)

Right = NDArray[np.bool_]


def accuracy_interval(right: Right, seed: int) -> Interval:
    """Share of right rows with its 95 % percentile interval over resampled rows."""
    return _interval(right.astype(np.int64), seed)


def difference_interval(right: Right, other: Right, seed: int) -> Interval:
    """Accuracy of one minus that of another on the same rows; rows are resampled in pairs."""
    return _interval(right.astype(np.int64) - other.astype(np.int64), seed)


def _interval(values: NDArray[np.int64], seed: int) -> Interval:
    """Mean of rows that are -1, 0 or 1.

    Drawing n rows with replacement gives multinomial counts of the three values, so the counts are drawn at once
    instead of the rows: the same distribution, without a matrix of resamples times rows.
    """
    n = len(values)
    shares = np.array([(values == value).sum() for value in (-1, 0, 1)]) / n
    counts = np.random.default_rng(seed).multinomial(n, shares, size=RESAMPLES)
    means = (counts[:, 2] - counts[:, 0]) / n
    low, high = np.percentile(means, PERCENTILES)
    return Interval(value=float(values.mean()), low=float(low), high=float(high))


def mean_interval(values: NDArray[np.float64], seed: int) -> Interval:
    """Mean of any numbers with its 95 % percentile interval over resampled rows."""
    return spread(lambda rows: rows @ values / len(values), len(values), seed)


def spread(statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]], count: int, seed: int) -> Interval:
    """A statistic of `count` rows with its 95 % percentile interval.

    It is given how often each row was drawn, float64 (drawings, rows), and gives a value for each drawing.
    """
    rows = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    low, high = np.percentile(statistic(rows.astype(np.float64)), PERCENTILES)
    return Interval(value=float(statistic(np.ones((1, count)))[0]), low=float(low), high=float(high))
