"""Pages and CSV out of the Parquet files of a dataset version, read by DuckDB with little memory and no other file."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from tuneyard.datasets.errors import PageTooLarge

MEMORY_LIMIT = "256MB"
CSV_BATCH_ROWS = 1000
# What a spreadsheet would run as a formula, in full width too: OWASP, CSV injection.
FORMULA_STARTS = frozenset("=+-@＝＋－＠") | {chr(code) for code in (*range(0x20), 0x7F)}


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that can read this one file; one per request. Raises PageTooLarge."""
    connection = duckdb.connect(":memory:", config={"memory_limit": MEMORY_LIMIT, "threads": 1})
    try:
        quoted = str(path).replace("'", "''")
        connection.execute(
            f"SET allowed_paths = ['{quoted}']; SET temp_directory = ''; SET enable_external_access = false; "
            "SET lock_configuration = true"
        )
        yield connection
    except duckdb.OutOfMemoryException as error:
        raise PageTooLarge("The rows of this version are too long to be shown.") from error
    finally:
        connection.close()


Row = tuple[Any, ...]


def page(
    path: Path, offset: int, limit: int, cell_limit: int, only: Sequence[int] = ()
) -> tuple[list[str], list[Row], int]:
    """Column names; rows from `offset` on (of those that `only` numbers, if it does): the number of each, its cells cut
    at `cell_limit` characters and whether one was cut; and the number of all rows. Raises PageTooLarge."""
    with opened(path) as connection:
        names = column_names(connection, path)
        aliases = _aliases(names)
        cells = ", ".join(f"left({alias}, {cell_limit:d})" for alias in aliases)
        cut = " OR ".join(f"coalesce(length({alias}) > {cell_limit:d}, false)" for alias in aliases)
        # By row number and not with OFFSET, which would unpack every row that stands before.
        wanted = f"n IN ({', '.join(str(int(number) - 1) for number in sorted(set(only))[offset : offset + limit])})"
        between = f"n >= {offset:d} AND n < {offset + limit:d}"
        rows: list[Row] = []
        if not only or offset < len(set(only)):
            query = (
                f"SELECT n + 1, {cells}, {cut} FROM read_parquet(?, file_row_number = true) "
                f"AS t({', '.join(aliases)}, n) WHERE {wanted if only else between} ORDER BY n"
            )
            rows = connection.execute(query, [str(path)]).fetchall()
        total = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchall()[0][0]
    return names, rows, total


def rejects(path: Path, offset: int, limit: int, cell_limit: int) -> tuple[list[Row], int]:
    """Line number, raw text (cut at `cell_limit` characters), reason, its code and its details as JSON of rejected
    lines, and the number of all."""
    with opened(path) as connection:
        rows = connection.execute(
            f"SELECT line, left(raw, {cell_limit:d}), reason, code, details FROM read_parquet(?) "
            f"LIMIT {limit:d} OFFSET {offset:d}",
            [str(path)],
        ).fetchall()
        total = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchall()[0][0]
    return rows, total


def csv_chunks(path: Path) -> Iterator[bytes]:
    """The table as CSV, a piece at a time; UTF-8 with a byte-order mark, or Excel takes it for another encoding."""
    with opened(path) as connection:
        names = column_names(connection, path)
        connection.execute(f"SELECT {', '.join(_aliases(names))} FROM {_source(names)}", [str(path)])
        # The first rows come with the header, so that what can't be read is told before the answer has begun.
        yield b"\xef\xbb\xbf" + _csv_lines([names, *connection.fetchmany(CSV_BATCH_ROWS)])
        while rows := connection.fetchmany(CSV_BATCH_ROWS):
            yield _csv_lines(rows)


def column_names(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Names as the file has them: two that differ in case only stay as they are."""
    query = "SELECT name FROM parquet_schema(?) WHERE coalesce(num_children, 0) = 0"
    return [name for (name,) in connection.execute(query, [str(path)]).fetchall()]


def harmless(cell: str | None) -> str:
    """A cell that no spreadsheet runs: `'` before what would start a formula."""
    if not cell:
        return ""
    return f"'{cell}" if cell[0] in FORMULA_STARTS else cell


def _csv_lines(rows: Sequence[Sequence[str | None]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _aliases(names: Sequence[str]) -> list[str]:
    return [f"c{index}" for index in range(len(names))]


def _source(names: Sequence[str]) -> str:
    return f"read_parquet(?) AS t({', '.join(_aliases(names))})"
