"""Where in its file each row begins: kept with the rows, as metadata of their Parquet file."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Literal

import duckdb

from tuneyard.specs.sayings import Details
from tuneyard_worker.data.facts import LINES_NAMED, listed

KEY = "tuneyard.lines"
# Of a file that breaks into more runs, the lines are known as far as these reach.
MOST_RUNS = 50_000

Unit = Literal["line", "sheet_row"]
WORDS = {"line": ("line", "file"), "sheet_row": ("row", "sheet")}


@dataclass(frozen=True)
class Place:
    """Where in the file some rows are. `text` is to stand behind them: ` (line 47 of the file)`, or nothing."""

    text: str = ""
    details: Details = field(default_factory=dict)


@dataclass(slots=True)
class _Run:
    """Rows from `row` on, each `step` lines behind the one before."""

    row: int
    line: int
    count: int = 1
    step: int = 0

    @property
    def last(self) -> int:
        return self.line + self.step * (self.count - 1)


@dataclass
class FileLines:
    """On which line of a text file, or row of a sheet, each row begins; all numbers count from 1."""

    unit: Unit = "line"
    _runs: list[_Run] = field(default_factory=list)
    _full: bool = False

    @property
    def known(self) -> int:
        """Of so many rows from the first on."""
        return self._runs[-1].row + self._runs[-1].count - 1 if self._runs else 0

    def add(self, lines: Sequence[int]) -> None:
        """The next rows begin on these lines; a range has no gaps."""
        if isinstance(lines, range):
            self._extend(lines.start, 1, len(lines))
            return
        for line in lines:
            self._append(line)

    def line_of(self, row: int) -> int | None:
        """None if it is not known."""
        place = bisect_right(self._runs, row, key=lambda run: run.row) - 1
        if place < 0 or row > self.known:
            return None
        run = self._runs[place]
        return run.line + run.step * (row - run.row)

    def place_of(self, *rows: int) -> Place:
        """Of one row, or of several as far as they are named; nothing where that would tell nothing."""
        found = [self.line_of(row) for row in rows[:LINES_NAMED]]
        lines = [line for line in dict.fromkeys(found) if line is not None]
        if len(lines) < len(found):
            return Place()
        thing, whole = WORDS[self.unit]
        details: Details = {self.unit: lines[0]} if len(rows) == 1 else {f"{self.unit}s": lines}
        return Place(f" ({listed(lines, thing, len(rows))} of the {whole})", details)

    def without(self, removed: Iterable[int]) -> "FileLines":
        """Of the rows that stay where those with these numbers, in their order, go."""
        kept = FileLines(self.unit)
        cuts = chain(removed, [self.known + 1])
        cut = next(cuts)
        for run in self._runs:
            row, end = run.row, run.row + run.count
            while cut < end:
                kept._extend(run.line + run.step * (row - run.row), run.step, cut - row)
                row, cut = cut + 1, next(cuts)
            kept._extend(run.line + run.step * (row - run.row), run.step, end - row)
        return kept

    def dump(self) -> str:
        """As text: of each run how many rows, how many lines since the last row before, and between two rows."""
        lasts = [0, *(run.last for run in self._runs)]
        runs = [[run.count, run.line - last, run.step] for run, last in zip(self._runs, lasts, strict=False)]
        return json.dumps({"unit": self.unit, "runs": runs}, separators=(",", ":"))

    @classmethod
    def read(cls, database: duckdb.DuckDBPyConnection, parquet: Path) -> "FileLines":
        """Those that were kept with the rows; none where the file they came from has no lines."""
        query = "SELECT value FROM parquet_kv_metadata($1) WHERE key = $2"
        found = database.execute(query, [str(parquet), KEY.encode()]).fetchone()
        return cls() if found is None else cls.load(found[0])

    @classmethod
    def load(cls, text: str | bytes) -> "FileLines":
        """What `dump` wrote."""
        kept = json.loads(text)
        lines = cls(kept["unit"])
        row, last = 1, 0
        for count, gap, step in kept["runs"]:
            run = _Run(row, last + gap, count, step)
            lines._runs.append(run)
            row, last = row + count, run.last
        return lines

    def _extend(self, line: int, step: int, count: int) -> None:
        """`count` more rows, the first on `line`."""
        # Whatever stood before, the third row is in a run of this step.
        for done in range(min(count, 3)):
            self._append(line + done * step)
        if count > 3 and not self._full:
            self._runs[-1].count += count - 3

    def _append(self, line: int) -> None:
        run = self._runs[-1] if self._runs else None
        if self._full:
            return
        if run is not None and run.count == 1:
            run.count, run.step = 2, line - run.line
        elif run is not None and line == run.last + run.step:
            run.count += 1
        elif len(self._runs) < MOST_RUNS:
            self._runs.append(_Run(self.known + 1, line))
        else:
            self._full = True
