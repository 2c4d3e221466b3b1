"""Excel and Parquet: cells as the sheet says them, archives within bounds."""

import datetime
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from readings import codes, table

from tuneyard_worker.failures import JobFailure


def workbook(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_cells_are_text_as_the_sheet_says_them(read):
    day = datetime.datetime(2024, 5, 6)
    rows = [
        ["text", "label", "when", "number"],
        ["hello", 1, day, 1.5],
        ["001", True, day.replace(hour=7, minute=8), 41800000.01],
        ["NA", False, None, 3.0],
    ]
    reading = read(workbook(("Sheet1", rows)))
    assert reading.format == "excel"
    assert table(reading) == [
        ["hello", "1", "2024-05-06", "1.5"],
        ["001", "TRUE", "2024-05-06 07:08:00", "41800000.01"],
        ["NA", "FALSE", "", "3"],
    ]


def test_the_first_sheet_with_rows_is_read_unless_another_is_named(read):
    content = workbook(
        ("Cover", []), ("Data", [["text", "label"], ["a", "b"]]), ("More", [["text", "label"], ["c", "d"]])
    )
    reading = read(content)
    assert (reading.sheet, table(reading)) == ("Data", [["a", "b"]])
    assert "sheet_chosen" in codes(reading)
    assert table(read(content, sheet="More")) == [["c", "d"]]
    with pytest.raises(JobFailure, match="no sheet called 'Nope'"):
        read(content, sheet="Nope")


def test_a_title_above_the_table_and_blank_rows_are_passed_over(read):
    rows = [["Report 2024"], [], ["text", "label"], ["a", "b"], [], ["c", "d"], ["e", "f"]]
    reading = read(workbook(("S", rows)))
    assert reading.columns == ["text", "label"]
    assert table(reading) == [["a", "b"], ["c", "d"], ["e", "f"]]
    assert reading.blank_rows == 1
    assert [question.code for question in reading.questions] == ["comment"]


def test_blank_rows_keep_their_place_when_asked(read):
    rows = [["text", "label"], ["a", "b"], [], ["c", "d"]]
    assert table(read(workbook(("S", rows)), keep_blank_rows=True)) == [["a", "b"], ["", ""], ["c", "d"]]


def bomb(declared: int | None = None) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (30 << 20))
    content = stream.getvalue()
    if declared is not None:
        content = content.replace((30 << 20).to_bytes(4, "little"), declared.to_bytes(4, "little"))
    return content


@pytest.mark.parametrize("declared", [None, 100], ids=["honest", "lying about its size"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(read, declared):
    with pytest.raises(JobFailure) as refusal:
        read(bomb(declared))
    assert refusal.value.error.code in {"too_large_unpacked", "broken_file"}


def test_a_zip_that_is_no_spreadsheet_is_named(read):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("data.csv", "a,b\n1,2\n")
    with pytest.raises(JobFailure, match="ZIP archive"):
        read(stream.getvalue())


def test_a_damaged_workbook_is_refused(read):
    content = bytearray(workbook(("S", [["text", "label"], ["a", "b"]])))
    content[200:400] = bytes(200)
    with pytest.raises(JobFailure, match="damaged"):
        read(bytes(content))


def test_parquet_becomes_text_with_nested_values_as_json(read, tmp_path: Path):
    source = tmp_path / "in.parquet"
    duckdb.execute(
        "COPY (SELECT 'a' AS text, 1.5 AS number, [1, 2] AS list, {'k': 'v'} AS record, NULL::INT AS nothing, "
        f"DATE '2024-05-06' AS day) TO '{source}' (FORMAT parquet)"
    )
    reading = read(source)
    assert reading.format == "parquet"
    assert table(reading) == [["a", "1.5", "[1,2]", '{"k":"v"}', "", "2024-05-06"]]
