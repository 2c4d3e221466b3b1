"""The figures of a fine-tuning: its metrics step by step, as a table and as a CSV file."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from tuneyard.openai.models import FineTuning

PREFIX = "ftresult_"
NAMES = {
    "train_loss": "train_loss",
    "train_token_accuracy": "train_accuracy",
    "train_preference_accuracy": "train_preference_accuracy",
    "validation_loss": "valid_loss",
    "validation_token_accuracy": "valid_mean_token_accuracy",
    "validation_preference_accuracy": "valid_preference_accuracy",
}
"""Our names of what is measured, and those of the columns."""
COLUMNS = ("step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy")
PREFERENCE_COLUMNS = ("step", "train_loss", "train_preference_accuracy", "valid_loss", "valid_preference_accuracy")
SIZE = "figures_bytes"
"""Of the CSV file, in the result of the job: a list of files then reads no figures."""
Figures = dict[str, float]


def file_id(fine_tuning: FineTuning) -> str:
    """Id of the file with its figures."""
    return PREFIX + fine_tuning.id.removeprefix("ftjob_")


def fine_tuning_id(file_id: str) -> str | None:
    """The fine-tuning whose figures the file holds; None for a file of another kind."""
    return f"ftjob_{file_id.removeprefix(PREFIX)}" if file_id.startswith(PREFIX) else None


def by_step(metrics: Iterable[dict[str, Any]]) -> dict[int, Figures]:
    """What was measured at each step; a step that was done twice counts as it went the last time."""
    found: dict[int, Figures] = {}
    for data in metrics:
        named = {NAMES[name]: value for name, value in data["values"].items() if name in NAMES}
        if named:
            found.setdefault(data["step"], {}).update(named)
    return dict(sorted(found.items()))


def table(metrics: Iterable[dict[str, Any]]) -> bytes:
    """The same as CSV; what was not measured at a step is empty."""
    text, found = io.StringIO(), by_step(metrics)
    prefers = any("train_preference_accuracy" in figures for figures in found.values())
    writer = csv.DictWriter(text, PREFERENCE_COLUMNS if prefers else COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({"step": step, **figures} for step, figures in found.items())
    return text.getvalue().encode()
