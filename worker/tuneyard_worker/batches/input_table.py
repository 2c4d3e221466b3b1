"""The rows of an uploaded file, streamed in their order."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tuneyard.specs.job import BatchPredictSpec, ReadingOptions
from tuneyard_worker.batches.text_columns import place_of
from tuneyard_worker.data.reading import TableReading, read_table
from tuneyard_worker.data.staging import connect, identifier


@dataclass(frozen=True)
class Row:
    """One row; `problem` says why its line could not be read, and then all its cells are empty."""

    cells: list[str]
    problem: str | None


class InputTable:
    """A table on disk: `data` with every column text, `rejects` with line, reason and the number of its empty row."""

    def __init__(self, database: duckdb.DuckDBPyConnection, reading: TableReading) -> None:
        self._database = database
        self._data = str(reading.parquet)
        self._rejects = str(reading.rejects)
        self.columns = reading.columns
        self.rows = reading.rows
        self.format = reading.format
        self.delimiter = reading.delimiter
        self.has_unreadable_rows = reading.rejected_rows > 0
        # Here blank rows have their place, and are not skipped as it says.
        self.findings = [finding for finding in reading.findings if finding.code != "blank_rows"]

    def has_blank(self, columns: list[int]) -> bool:
        """Whether some row has nothing but spaces in all of these columns."""
        # No character but those that Python takes for a kind of space; SQL's trim knows only one kind.
        seen = r"'[^\s\x0b\x1c-\x1f\x{85}\p{Z}]'"
        blank = " AND ".join(f"NOT regexp_matches({identifier(self.columns[column])}, {seen})" for column in columns)
        query = f"SELECT count(*) FROM read_parquet($1) WHERE {blank}"
        found = self._database.execute(query, [self._data]).fetchone()
        return bool(found and found[0])

    def chunks(self, size: int) -> Iterator[list[Row]]:
        """All rows, `size` at a time."""
        problems = self._problems()
        number, problem = next(problems, (0, ""))
        cursor = self._database.cursor()
        cursor.execute("SELECT * FROM read_parquet($1)", [self._data])
        done = 0
        while fetched := cursor.fetchmany(size):
            rows = []
            for cells in fetched:
                done += 1
                rows.append(Row([cell or "" for cell in cells], problem if done == number else None))
                if done == number:
                    number, problem = next(problems, (0, ""))
            yield rows

    def _problems(self) -> Iterator[tuple[int, str]]:
        cursor = self._database.cursor()
        cursor.execute("SELECT row, line, reason FROM read_parquet($1) WHERE row > 0 ORDER BY row", [self._rejects])
        while fetched := cursor.fetchmany(1024):
            for row, line, reason in fetched:
                yield row, f"Line {line:,} could not be read: {reason}"


@contextlib.contextmanager
def read_input(
    spec: BatchPredictSpec, folder: Path, progress: Callable[[float], None], wanted: list[str]
) -> Iterator[InputTable]:
    """The uploaded file as a table in `folder`, which is gone afterwards. Raises JobFailure."""
    folder.mkdir()
    try:
        reading = _read(spec, folder / "guessed", ReadingOptions(), progress)
        # A list of texts below one word looks as if it had no header; the model knows what its columns are called.
        if reading.header is False and not _has_all(wanted, reading.columns):
            named = _read(spec, folder / "named", ReadingOptions(header=True), progress)
            reading = named if _has_all(wanted, named.columns) else reading
        with connect(folder, spec.budget.threads) as database:
            yield InputTable(database, reading)
    finally:
        shutil.rmtree(folder)


def _has_all(wanted: list[str], columns: list[str]) -> bool:
    return all(place_of(name, columns) is not None for name in wanted)


def _read(
    spec: BatchPredictSpec, folder: Path, options: ReadingOptions, progress: Callable[[float], None]
) -> TableReading:
    return read_table(
        spec.path, spec.filename, options, folder, spec.budget.threads, keep_blank_rows=True, progress=progress
    )
