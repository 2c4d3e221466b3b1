"""Which columns of an uploaded file hold the texts, and how they become one text."""

from collections.abc import Sequence

from tuneyard.specs.tasks import SEPARATOR
from tuneyard_worker.failures import JobFailure

SHOWN_COLUMNS = 20


def find_columns(wanted: Sequence[str], columns: Sequence[str]) -> list[int]:
    """Positions of the wanted columns; case and spaces around only count where two columns differ by nothing else.

    Raises JobFailure `missing_column`.
    """
    return [_find(name, columns) for name in wanted]


def join_texts(cells: Sequence[str]) -> str:
    """The text that the model reads: the cells that are not blank, joined as they were in training."""
    return SEPARATOR.join(cell for cell in cells if cell.strip())


def free_name(name: str, taken: Sequence[str]) -> str:
    """`name`, or `name_2`, `name_3` … if a column is called so already."""
    used = {column.strip().casefold() for column in taken}
    candidate, number = name, 2
    while candidate.casefold() in used:
        candidate, number = f"{name}_{number}", number + 1
    return candidate


def place_of(name: str, columns: Sequence[str]) -> int | None:
    """Position of a column, found as by `find_columns`; None if there is none, or several are alike."""
    if name in columns:
        return columns.index(name)
    alike = [index for index, column in enumerate(columns) if column.strip().casefold() == name.strip().casefold()]
    return alike[0] if len(alike) == 1 else None


def _find(name: str, columns: Sequence[str]) -> int:
    place = place_of(name, columns)
    if place is not None:
        return place
    shown = ", ".join(columns[:SHOWN_COLUMNS]) + (" …" if len(columns) > SHOWN_COLUMNS else "")
    raise JobFailure(
        "missing_column",
        f"The file has no column '{name}', which the model reads. Its columns are: {shown}.",
        f"Rename the column with the texts to '{name}', or say which column holds them.",
        details={"column": name, "others": list(columns[:SHOWN_COLUMNS])},
    )
