"""What Python's csv module writes is read back character for character."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readings import lines_of, table

from tuneyard.specs.job import ReadingOptions
from tuneyard_worker.data.reading import read_table

# Cells that break naive readers, beside any text. NUL is removed by design, and U+FFFD stands for a broken byte.
NASTY = st.sampled_from(
    [
        "",
        " ",
        "NA",
        "null",
        "001",
        "1.0",
        "true",
        '"',
        '""',
        "a,b",
        "a;b",
        "a\tb",
        "a|b",
        "line\nbreak",
        "a\r\nb",
        "é",
        "# no comment",
        "'single'",
        "\\",
        'end\\"',
        "=1+1",
        "汉字",
        "😀",
        "\u200b",
        "\x1e",
        "\x1f",
        ' "x" ',
        "sep=;",
    ]
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff\ufffd"), max_size=30)
CELL = st.one_of(NASTY, ANY_TEXT)
NAMES = ["text", "label", "comment", "category"]


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=3, max_size=12))
    # The last row has something in each cell: rows of empty cells at the end are left out by design.
    return [NAMES[:width], *rows, [f"last {number}" for number in range(width)]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=tables(),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_written_table_is_read_back_exactly(
    rows: list[list[str]], delimiter: str, line_end: str, encoding: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    with tempfile.TemporaryDirectory(prefix="tuneyard-round-trip-") as folder:
        source = Path(folder) / "table.csv"
        source.write_bytes(text.getvalue().encode(encoding))
        reading = read_table(source, "table.csv", ReadingOptions(), Path(folder), 1)
        assert reading.columns == rows[0]
        assert table(reading) == rows[1:]
        assert reading.rejected_rows == 0
        assert lines_of(reading) == beginnings(rows, delimiter, line_end)


def beginnings(rows: list[list[str]], delimiter: str, line_end: str) -> list[int]:
    """The line on which each row below the header begins, where a table is written as above."""
    found = []
    line = 1
    for row in rows:
        found.append(line)
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerow(row)
        line += len(list(io.StringIO(text.getvalue(), newline="")))
    return found[1:]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=tables(), delimiter=st.sampled_from([",", ";", "\t", "|"]))
def test_cells_that_need_no_quotes_are_read_back_exactly(rows: list[list[str]], delimiter: str) -> None:
    # The csv module leaves a lone carriage return unquoted, which ends a line for every other program.
    rows = [[cell.replace("\r", " ") for cell in row] for row in rows]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    with tempfile.TemporaryDirectory(prefix="tuneyard-round-trip-") as folder:
        source = Path(folder) / "table.csv"
        source.write_bytes(text.getvalue().encode())
        reading = read_table(source, "table.csv", ReadingOptions(delimiter=delimiter), Path(folder), 1)
        assert table(reading) == rows[1:]
