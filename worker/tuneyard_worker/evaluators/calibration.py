"""Whether a score of 0.8 means right eight times of ten."""

import numpy as np
from numpy.typing import NDArray

from tuneyard.specs.evaluation import Calibration, CalibrationBin

BINS = 15


def calibration(confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> Calibration:
    """Expected calibration error over equal-width bins of the top score (Guo et al. 2017); empty bins are left out."""
    number = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    bins = [_bin(index, confidence[number == index], right[number == index]) for index in np.unique(number)]
    error = sum(found.count * abs(found.accuracy - found.confidence) for found in bins) / len(right)
    return Calibration(expected_error=error, bins=bins)


def _bin(index: int, confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> CalibrationBin:
    return CalibrationBin(
        lower=index / BINS,
        upper=(index + 1) / BINS,
        count=len(right),
        confidence=float(confidence.mean(dtype=np.float64)),
        accuracy=float(right.mean()),
    )
