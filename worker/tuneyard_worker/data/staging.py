"""Where rows wait, unambiguous, until DuckDB turns them into Parquet; a table of any size passes through."""

import json
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import duckdb

from tuneyard_worker.data.file_lines import KEY, FileLines
from tuneyard_worker.data.sentences import Sentence
from tuneyard_worker.failures import JobFailure

QUOTE, DELIMITER = "\x1e", "\x1f"
BETWEEN_CELLS = QUOTE + DELIMITER + QUOTE
BETWEEN_ROWS = f"{QUOTE}\n{QUOTE}"
MOST_COLUMNS = 2_000
LONGEST_RAW_CHARS = 65_536
DEFAULT_LINE_BYTES = 2 << 20
MEMORY_LIMIT = "400MB"
# Groups small enough that a page from the middle of a long table is read without what stands before it.
PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 10240"


@dataclass
class Stage:
    """Collects rows and rejected lines in two text files, then writes both as Parquet.

    Control characters delimit the cells: DuckDB's reader then never has to guess, and cells keep every character.
    """

    folder: Path
    lines: FileLines = field(default_factory=FileLines)
    rows: int = 0
    rejected: int = 0
    reasons: list[tuple[int, Sentence]] = field(default_factory=list)
    _longest: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._rows = self._open("rows")
        self._rejects = self._open("rejects")

    def add(self, rows: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
        """Append rows, with the line on which each begins; a shorter one is filled with empty cells at the end."""
        if not rows:
            return
        self.rows += len(rows)
        self.lines.add(lines)
        widest = max(map(len, rows))
        if widest > MOST_COLUMNS:
            raise too_many_columns(widest)
        self._longest = max(self._longest, _write(self._rows, rows))

    def reject(self, line: int, raw: str, reason: Sentence, *, keep_place: bool = False) -> None:
        """Keep a line that is no row, with the reason; `keep_place` leaves an empty row where it was."""
        if keep_place:
            self.add([[""]], [line])
        self.rejected += 1
        if len(self.reasons) < 100:
            self.reasons.append((line, reason))
        shown = raw.rstrip("\r\n")[:LONGEST_RAW_CHARS]
        row = str(self.rows) if keep_place else ""
        details = json.dumps(reason.details, ensure_ascii=False)
        _write(self._rejects, [[str(line), shown, reason.text, reason.code, details, row]])

    def finish_rows(self, database: duckdb.DuckDBPyConnection, columns: Sequence[str], target: Path) -> None:
        """Write the rows as Parquet, every column text, and with them where they were in the file."""
        self._rows.close()
        cells = ", ".join(f"coalesce(c{index}, '') AS {identifier(name)}" for index, name in enumerate(columns))
        written = self._copy(database, "rows", len(columns), cells, target, parquet_with(self.lines))
        if written != self.rows:
            message = f"{self.rows:,} rows were read but {written:,} written."
            raise JobFailure("lost_rows", message, "Report this file: it is our fault.", users=False)

    def finish_rejects(self, database: duckdb.DuckDBPyConnection, target: Path, *, keep_places: bool = False) -> None:
        """Write line, raw, reason and its code and details of the rejected lines as Parquet; with `keep_places` also
        row."""
        self._rejects.close()
        places = ", TRY_CAST(c5 AS BIGINT) AS row" if keep_places else ""
        select = f"c0::BIGINT AS line, coalesce(c1, '') AS raw, c2 AS reason, c3 AS code, c4 AS details{places}"
        self._copy(database, "rejects", 6, select, target)

    def _copy(
        self,
        database: duckdb.DuckDBPyConnection,
        name: str,
        width: int,
        select: str,
        target: Path,
        options: str = PARQUET,
    ) -> int:
        columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(width))
        line_bytes = max(DEFAULT_LINE_BYTES, 4 * self._longest + 1024)
        source = (
            f"read_csv({literal(self.folder / name)}, auto_detect=false, columns={{{columns}}}, header=false, "
            f"delim=chr({ord(DELIMITER)}), quote=chr({ord(QUOTE)}), escape=chr({ord(QUOTE)}), new_line='\\n', "
            f"null_padding=true, parallel=false, max_line_size={line_bytes}, buffer_size={4 * line_bytes})"
        )
        database.execute(f"COPY (SELECT {select} FROM {source}) TO {literal(target)} ({options})")
        counted = count_rows(database, target)
        (self.folder / name).unlink()
        return counted

    def _open(self, name: str) -> TextIO:
        # "replace": JSON can hold half of a surrogate pair, which no file can.
        return (self.folder / name).open("w", encoding="utf-8", errors="replace", newline="", buffering=1 << 20)


@dataclass
class Batch:
    """Rows on their way to the stage, with the line on which each begins."""

    rows: list[list[str]] = field(default_factory=list)
    lines: "array[int]" = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, row: list[str], line: int) -> None:
        self.rows.append(row)
        self.lines.append(line)

    def take(self, other: "Batch") -> None:
        """Append the rows of another, which is empty then."""
        if other.rows:
            self.rows += other.rows
            self.lines += other.lines
            other.clear()

    def clear(self) -> None:
        self.rows, self.lines = [], array("q")

    def flush(self, stage: Stage) -> None:
        """Hand them over; it is empty then."""
        stage.add(self.rows, self.lines)
        self.clear()


@contextmanager
def connect(folder: Path, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that spills into `folder`, keeps the order of rows and loads nothing from outside.

    Raises MemoryError where spilling does not help.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": True,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    try:
        with duckdb.connect(config=config) as database:
            yield database
    except duckdb.OutOfMemoryException as error:
        raise MemoryError from error


def count_rows(database: duckdb.DuckDBPyConnection, parquet: Path) -> int:
    counted = database.execute(f"SELECT count(*) FROM read_parquet({literal(parquet)})").fetchone()
    return int(counted[0]) if counted else 0


def parquet_with(lines: FileLines) -> str:
    """How to write rows that are on these lines of their file."""
    return f"{PARQUET}, KV_METADATA {{{literal(KEY)}: {literal(lines.dump())}}}" if lines.known else PARQUET


def identifier(name: str) -> str:
    """A column name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: Path | str) -> str:
    """A text as SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def too_many_columns(count: int) -> JobFailure:
    return JobFailure(
        "too_many_columns",
        f"The table has {count:,} columns; at most {MOST_COLUMNS:,} are read.",
        "Keep the columns with the text and the label. Or is the delimiter another one? You can set it.",
        details={"count": count, "most": MOST_COLUMNS},
    )


def _write(stream: TextIO, rows: Sequence[Sequence[str]]) -> int:
    """Append rows; the length of the longest in characters."""
    joined = [BETWEEN_CELLS.join(row) for row in rows]
    body = BETWEEN_ROWS.join(joined)
    marks = 2 * sum(map(len, rows)) - 2
    if body.count(QUOTE) != marks:
        joined = [BETWEEN_CELLS.join([cell.replace(QUOTE, QUOTE * 2) for cell in row]) for row in rows]
        body = BETWEEN_ROWS.join(joined)
    stream.write(f"{QUOTE}{body}{QUOTE}\n")
    return max(map(len, joined))
