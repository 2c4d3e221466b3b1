"""The parity gate: the deployed version must answer as it did in its evaluation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuneyard_worker.serving.engines.onnx_classifier import Scores
from tuneyard_worker.serving.errors import BrokenArtifact
from tuneyard_worker.serving.schemas import Parity

MOST_ROWS = 1000
TOLERANCE = 1e-3


@dataclass(frozen=True)
class Expected:
    """What the evaluation recorded: texts and their scores, (rows, classes)."""

    texts: list[str]
    scores: NDArray[np.float64]


def read_expected(path: Path, classes: int) -> Expected:
    """Up to 1,000 rows of predictions.parquet, always the same ones; raises BrokenArtifact if they don't fit."""
    # Imported here: only a new version needs it, and it takes 30 MB.
    import duckdb

    query = f"SELECT text, scores FROM read_parquet($path) ORDER BY hash(row), row LIMIT {MOST_ROWS}"
    try:
        with duckdb.connect(config={"threads": 1}) as database:
            rows: list[tuple[Any, ...]] = database.execute(query, {"path": str(path)}).fetchall()
    except duckdb.Error as error:
        raise BrokenArtifact(f"The evaluation's predictions can't be read: {error}.") from error
    if not rows or any(len(scores) != classes for _, scores in rows):
        raise BrokenArtifact(f"The evaluation's predictions are not of this model's {classes} classes.")
    return Expected([text for text, _ in rows], np.array([scores for _, scores in rows], dtype=np.float64))


def compare(expected: NDArray[np.float64], live: Scores) -> Parity:
    """Rows agree if every score does within 1e-3 and the label is the same, or the two best were level."""
    differences = np.nan_to_num(np.abs(expected - live).max(axis=1), nan=1.0)
    best = np.sort(expected, axis=1)
    level = best[:, -1] - best[:, -2] < TOLERANCE if expected.shape[1] > 1 else np.ones(len(expected), dtype=bool)
    same_label = expected.argmax(axis=1) == live.argmax(axis=1)
    agreeing = (differences <= TOLERANCE) & (same_label | level)
    return Parity(rows=len(expected), agreeing=int(agreeing.sum()), largest_difference=float(differences.max()))


def failure(parity: Parity) -> str | None:
    """Why the version may not take traffic, in words; None if it may."""
    wrong = parity.rows - parity.agreeing
    if not wrong:
        return None
    return (
        f"Of the held-out texts, the deployed model answers {wrong:,} of {parity.rows:,} differently than in its "
        f"evaluation (largest difference of a score: {parity.largest_difference:.3f}), so it takes no traffic. "
        "Train the version again."
    )
