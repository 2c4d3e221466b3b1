"""Inputs of a prediction as the texts that the model reads."""

from collections.abc import Sequence

from tuneyard.predictions.errors import MissingInputColumn
from tuneyard.specs.tasks import SEPARATOR


def texts_of(inputs: Sequence[str | dict[str, str]], columns: Sequence[str]) -> list[str]:
    """One text per input. Raises MissingInputColumn if a row lacks one of the model's text columns."""
    return [
        text if isinstance(text, str) else joined_row(text, columns, f"inputs.{index}")
        for index, text in enumerate(inputs)
    ]


def joined_row(row: dict[str, str], columns: Sequence[str], place: str) -> str:
    """The row's text columns in the order of training, blank ones left out."""
    missing = next((column for column in columns if column not in row), None)
    if missing is not None:
        raise MissingInputColumn(
            f"'{place}' has no column '{missing}'.",
            param=place,
            hint=f'This model reads: {", ".join(columns)}. Send all of them, empty ones as "".',
        )
    return SEPARATOR.join(row[column] for column in columns if row[column].strip())
