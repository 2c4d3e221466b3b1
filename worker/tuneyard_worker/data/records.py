"""Lines to records: strict where the file is sound, one line at a time where it is not, nothing lost in between."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from tuneyard_worker.data.sentences import Sentence

LARGEST_RECORD_CHARS = 64 << 20
# A file of one column has no delimiter; this character stands in for it.
NO_DELIMITER = "\x1f"
UNFINISHED = "unexpected end of data"

UNCLOSED_QUOTE = Sentence("A quote is opened on this line and never properly closed.", "unclosed_quote")
STRAY_QUOTE = Sentence("A quote stands inside a quoted cell, so it is unclear where the cell ends.", "stray_quote")


def wrong_width(cells: int, width: int) -> Sentence:
    """The problem of a record with too many or too few cells."""
    found = "1 cell" if cells == 1 else f"{cells:,} cells"
    text = f"Has {found} where {width} {'is' if width == 1 else 'are'} expected."
    return Sentence(text, "wrong_width", {"cells": cells, "expected": width})


class CellsOfRecords(Iterator[list[str]], Protocol):
    """The cells of one record after another."""

    @property
    def line_num(self) -> int:
        """How many lines the records so far took."""
        ...


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart. `quote` is empty where quotes mean nothing."""

    delimiter: str = ","
    quote: str = '"'
    skip_space: bool = False

    def parse(self, lines: Iterator[str]) -> CellsOfRecords:
        """Records of `lines`; raises csv.Error at the first that breaks the rules of quoting."""
        if not self.quote:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, strict=True)
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            skipinitialspace=self.skip_space,
            strict=True,
        )


@dataclass
class Record:
    """One record of the file. `cells` is empty for a blank line; with a `problem` they cannot be trusted."""

    line: int
    cells: list[str]
    raw: str
    problem: Sentence | None = None
    repaired: bool = False


class _Feed(Iterator[str]):
    """Lines by index, so that reading can go on from any of them after an error."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.position = 0

    def __next__(self) -> str:
        if self.position == len(self.lines):
            raise StopIteration
        self.position += 1
        return self.lines[self.position - 1]


def split_records(
    lines: list[str], first_line: int, dialect: Dialect, *, width: int | None, final: bool
) -> tuple[list[Record], list[str]]:
    """The records of `lines` and the lines of an unfinished last one, which need what follows them in the file.

    `width` is how many cells a record should have, None where that is not known yet. With `final` nothing follows.
    """
    # One character more than any field may have: the length is judged here, with the line at hand.
    csv.field_size_limit(LARGEST_RECORD_CHARS + 1)
    feed = _Feed(lines)
    reader = dialect.parse(feed)
    records: list[Record] = []
    start = 0
    while start < len(lines):
        feed.position = start
        try:
            cells = next(reader)
        except csv.Error as error:
            ran_out = feed.position == len(lines) and str(error) == UNFINISHED
            if ran_out and not final and _chars(lines[start:]) < LARGEST_RECORD_CHARS:
                return records, lines[start:]
            spans_lines = feed.position - start > 1
            records.append(_mend(lines[start], first_line + start, dialect, width, spans_lines))
            start += 1
            continue
        found = lines[start : feed.position]
        if len(found) > 2 and width is not None and _swallowed_rows(cells, found, dialect, width):
            records.append(Record(first_line + start, [], found[0], UNCLOSED_QUOTE))
            start += 1
            continue
        records.append(Record(first_line + start, cells, "".join(found)))
        start = feed.position
    return records, []


def _mend(line: str, number: int, dialect: Dialect, width: int | None, spans_lines: bool) -> Record:
    """Read a line that breaks the rules of quoting the only sensible way, if there is one."""
    cells = lenient_cells(line.rstrip("\r\n"), dialect)
    if cells is not None and (width is None or len(cells) == width):
        return Record(number, cells, line, repaired=True)
    return Record(number, [], line, UNCLOSED_QUOTE if spans_lines or cells is None else STRAY_QUOTE)


def lenient_cells(line: str, dialect: Dialect) -> list[str] | None:
    """Cells of one line where a closing quote is one before a delimiter or the line's end; None if one stays open."""
    if not dialect.quote:
        return line.split(dialect.delimiter)
    quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
    space = " *" if dialect.skip_space else ""
    cell = re.compile(f"{space}{quote}(.*?){quote}(?:{delimiter}|$)|([^{delimiter}]*)(?:{delimiter}|$)", re.DOTALL)
    cells: list[str] = []
    position = 0
    while position <= len(line):
        match = cell.match(line, position)
        if match is None:
            return None
        if match.group(1) is None and match.group(2).lstrip(" ").startswith(dialect.quote):
            return None
        cells.append(_unquoted(match, dialect.quote))
        if match.end() == len(line) and not line.endswith(dialect.delimiter, position):
            return cells
        if match.end() == len(line):
            return [*cells, ""]
        position = match.end()
    return cells


def _unquoted(match: re.Match[str], quote: str) -> str:
    if match.group(1) is None:
        return match.group(2)
    return match.group(1).replace(quote * 2, quote).replace("\\" + quote, quote)


def _swallowed_rows(cells: list[str], lines: list[str], dialect: Dialect, width: int) -> bool:
    """Whether a misfit of several lines is an open quote that ran over whole rows."""
    if len(cells) == width:
        return False
    fits = sum(line.count(dialect.delimiter) == width - 1 for line in lines[1:])
    return fits * 2 >= len(lines) - 1


def _chars(lines: list[str]) -> int:
    return sum(map(len, lines))
