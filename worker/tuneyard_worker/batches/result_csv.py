"""The result of a batch as CSV."""

import csv
from collections.abc import Iterable
from pathlib import Path

from tuneyard_worker.batches.safe_cells import safe_cell

NAME = "result.csv"


class CsvResult:
    """Rows as UTF-8 with a byte order mark, without which Excel takes it for another encoding."""

    def __init__(self, folder: Path, delimiter: str) -> None:
        self._stream = (folder / NAME).open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._stream, delimiter=delimiter)

    def write(self, cells: Iterable[str | float | None]) -> None:
        """Append a row; None is an empty cell."""
        self._writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in cells])

    def close(self) -> None:
        """Finish the file."""
        self._stream.close()
