"""Rows and rejected lines of what was read."""

from pathlib import Path
from typing import Any

import duckdb

from tuneyard_worker.data.file_lines import FileLines
from tuneyard_worker.data.reading import TableReading

MESSY = Path(__file__).parents[4] / "shared" / "data" / "messy"


def rows_of(parquet: Path) -> list[list[str]]:
    return [list(row) for row in duckdb.execute("SELECT * FROM read_parquet(?)", [str(parquet)]).fetchall()]


def table(reading: TableReading) -> list[list[str]]:
    return rows_of(reading.parquet)


def rejects(reading: TableReading) -> list[tuple[Any, ...]]:
    query = "SELECT * EXCLUDE (code, details) FROM read_parquet(?)"
    return duckdb.execute(query, [str(reading.rejects)]).fetchall()


def lines_of(reading: TableReading) -> list[int | None]:
    """Where each row begins."""
    lines = FileLines.read(duckdb.connect(), reading.parquet)
    return [lines.line_of(row) for row in range(1, reading.rows + 1)]


def codes(reading: Any) -> set[str]:
    return {finding.code for finding in reading.findings}
