"""Where in its file each row begins, whatever stands between the rows."""

import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from readings import lines_of
from test_reading_spreadsheets import workbook

from tuneyard_worker.data import file_lines
from tuneyard_worker.data.file_lines import FileLines, Place
from tuneyard_worker.data.staging import parquet_with

OBJECTS = [{"text": f"number {number}", "label": "a\nb"} for number in range(5)]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("text,label\na,b\nc,d\n", [2, 3]),
        ('text,label\n"two\nlines",a\nb,c\n"d\n\n\n",e\nf,g\n', [2, 4, 5, 9]),
        ('text,label\r\n"two\r\nlines",a\r\n\r\nb,c\r\n', [2, 5]),
        ('text,label\r"two\rlines",a\rb,c\r', [2, 4]),
        ("text,label\na,b\n\nbad\n,\nc,d\n,\n", [2, 5, 6]),
        ("text,label\n" + "a,b\n" * 5 + '"open,b\n' + "c,d\n" * 4 + '"x, y",z\n', [2, 3, 4, 5, 6, 8, 9, 10, 11, 12]),
        ("Tickets of 2024\n\ntext,label\n" + "hello there,x\nsome text,y\n" * 3, [4, 5, 6, 7, 8, 9]),
        ('{"a":1}\n\nno json\n{"a":2}\n[1]\n{"a":3}\n', [1, 4, 6]),
        (json.dumps(OBJECTS), [1, 1, 1, 1, 1]),
        (json.dumps(OBJECTS, indent=2), [2, 6, 10, 14, 18]),
        (json.dumps(OBJECTS, indent=2).replace("\n", "\r\n"), [2, 6, 10, 14, 18]),
        (json.dumps(OBJECTS, indent=2).replace("\n", "\r"), [2, 6, 10, 14, 18]),
        (json.dumps({"of": [1, 2], "data": OBJECTS}, indent=2), [7, 11, 15, 19, 23]),
        ('{\n"text":"a"\n}\n\n{"text":\n"b"\n}\n', [1, 5]),
        ("-DOCSTART- O\n\nAda B-PER\nran O\n\n# of Bob\nBob B-PER\nsat O\n\n\nAll O\nsat O\n", [3, 7, 11]),
    ],
)
def test_rows_of_text_files(read, content, lines):
    reading = read(content)
    assert lines_of(reading) == lines


def test_rows_of_a_file_without_a_header(read):
    assert lines_of(read("a,b\nc,d\n", header=False)) == [1, 2]


def test_rows_that_only_keep_a_place_have_their_lines_too(read):
    reading = read("text,label\na,b\n\n,\nbad\nc,d\n,\n", keep_blank_rows=True)
    assert lines_of(reading) == [2, 3, 4, 5, 6, 7]


def test_rows_of_a_long_file_with_a_few_long_cells(read):
    cells = ["some words to fill the block"] * 60_000
    for place in range(30_000, 60_000, 1_000):
        cells[place] = '"words\nin\nthree lines"'
    content = "text,label\n" + "".join(f"{cell},a\n" for cell in cells)
    reading = read(content)
    found = lines_of(reading)
    lines = content.split("\n")
    assert len(found) == len(cells)
    assert all(cell.startswith(lines[line - 1].split(",")[0]) for cell, line in zip(cells, found, strict=True))


def test_rows_of_a_sheet(read):
    rows = [[], ["Report 2024"], [], ["text", "label"], ["a", "b"], [], ["c", "d"], ["e", "f"]]
    reading = read(workbook(("S", rows)))
    assert lines_of(reading) == [5, 7, 8]
    lines = FileLines.read(duckdb.connect(), reading.parquet)
    assert lines.place_of(2) == Place(" (row 7 of the sheet)", {"sheet_row": 7})
    assert lines.place_of(1, 3) == Place(" (rows 5 and 8 of the sheet)", {"sheet_rows": [5, 8]})


def test_a_parquet_file_has_no_lines(read, tmp_path: Path):
    source, lines = tmp_path / "in.parquet", FileLines()
    lines.add([2])
    duckdb.execute(f"COPY (SELECT 'a' AS text) TO '{source}' ({parquet_with(lines)})")
    assert FileLines.read(duckdb.connect(), source).known == 1
    assert lines_of(read(source)) == [None], "those that an uploaded file brings are of another file"


def test_places_are_told_as_far_as_they_are_known_and_tell_something():
    lines = FileLines()
    lines.add(range(2, 14))
    lines.add([1_204, 1_204])
    assert lines.place_of(1) == Place(" (line 2 of the file)", {"line": 2})
    assert lines.place_of(13) == Place(" (line 1,204 of the file)", {"line": 1204})
    assert lines.place_of(*range(1, 13)).text == " (lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more of the file)"
    assert lines.place_of(*range(1, 13)).details == {"lines": list(range(2, 12))}
    for rows in ((13, 14), (1, 15), (15,), (0,)):
        assert lines.place_of(*rows) == Place(), rows


STEPS = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 6), st.booleans()), max_size=20)


@given(steps=STEPS, removed=st.sets(st.integers(1, 120)), most=st.integers(1, 20))
def test_lines_are_kept_as_they_were_told(steps, removed, most):
    lines, told, line = FileLines(), [], 0
    for gap, count, in_one in steps:
        part = range(line + gap, line + gap + count) if in_one else [line + gap * number for number in range(count)]
        told += part
        lines.add(part)
        line = told[-1]
    assert kept(lines, len(told)) == told
    stay = [row for row in range(1, len(told) + 1) if row not in removed]
    assert kept(lines.without(sorted(removed)), len(stay)) == [told[row - 1] for row in stay]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_lines, "MOST_RUNS", most)
        few = lines.without([])
    assert len(json.loads(few.dump())["runs"]) <= most
    assert kept(few, few.known) == told[: few.known]
    assert few.line_of(few.known + 1) is None


def kept(lines: FileLines, rows: int) -> list[int | None]:
    """Those of so many rows, after they were written down and read again."""
    again = FileLines.load(lines.dump())
    return [again.line_of(row) for row in range(1, rows + 1)]
