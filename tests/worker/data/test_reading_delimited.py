"""Delimited text: dialects, headers, blank and broken lines, and what the person said instead of the guess."""

import pytest
from readings import codes, rejects, table

from tuneyard_worker.failures import JobFailure


def test_ragged_lines_are_rejected_by_number_and_no_cell_moves(read):
    reading = read("text,label\na,b\none,two,three\nshort\nc,d\n")
    assert table(reading) == [["a", "b"], ["c", "d"]]
    assert rejects(reading) == [
        (3, "one,two,three", "Has 3 cells where 2 are expected."),
        (4, "short", "Has 1 cell where 2 are expected."),
    ]


def test_lines_are_counted_as_an_editor_counts_them(read):
    reading = read('text,label\n"two\nlines",a\nbad\nb,c\n')
    assert [line for line, *_ in rejects(reading)] == [4]


def test_blank_and_unreadable_rows_keep_their_place_when_asked(read):
    reading = read("text,label\na,b\n\n,\nbad\nc,d\n,\n", keep_blank_rows=True)
    assert table(reading) == [["a", "b"], ["", ""], ["", ""], ["", ""], ["c", "d"], ["", ""]]
    assert rejects(reading) == [(5, "bad", "Has 1 cell where 2 are expected.", 4)]


def test_empty_lines_and_an_empty_tail_are_skipped_but_a_row_of_empty_cells_inside_is_kept(read):
    reading = read("text,label\na,b\n\n,\nc,d\n,\n,\n")
    assert table(reading) == [["a", "b"], ["", ""], ["c", "d"]]
    assert reading.blank_rows == 3


def test_an_open_quote_costs_one_line_and_not_the_rest_of_the_file(read):
    reading = read("text,label\n" + "a,b\n" * 5 + '"open,b\n' + "c,d\n" * 5 + '"x, y",z\n')
    assert reading.rows == 11
    assert [(line, reason) for line, _, reason in rejects(reading)] == [
        (7, "A quote is opened on this line and never properly closed.")
    ]


def test_an_open_quote_at_the_end_of_a_large_file_costs_one_line(read):
    rows = 40_000
    reading = read("text,label\n" + "some words to fill the block,b\n" * rows + '"open,b\n' + "c,d\n" * 10)
    assert reading.rows == rows + 10
    assert reading.rejected_rows == 1


def test_cells_of_many_lines_are_whole_across_blocks(read):
    cell = "line\n" * 220_000
    reading = read(f'text,label\n"{cell}",a\n"{cell}",b\nlast,c\n')
    assert table(reading) == [[cell, "a"], [cell, "b"], ["last", "c"]]


@pytest.mark.parametrize("cell", ["001", "NA", "null", "1.0", "true", "None", "-", "1e5", "NaN", "#N/A"])
def test_labels_stay_text(read, cell):
    assert table(read(f"text,label\nhello,{cell}\nworld,{cell}\n")) == [["hello", cell], ["world", cell]]


def test_mixed_line_ends_make_no_difference(read):
    assert table(read("text,label\r\na,b\nc,d\re,f")) == [["a", "b"], ["c", "d"], ["e", "f"]]


def test_a_title_above_the_header_is_passed_over_with_a_question(read):
    content = "Tickets of 2024\n\ntext,label\n" + "hello there,x\nsome text,y\n" * 5
    reading = read(content)
    assert (reading.columns, reading.rows) == (["text", "label"], 10)
    assert [(q.code, q.chosen) for q in reading.questions] == [("comment", "2")]
    assert read(content, skip_lines=0).columns != reading.columns


def test_the_separator_line_of_excel_is_honoured(read):
    reading = read("sep=;\ntext;label\na,b;c\nd,e;f\n")
    assert table(reading) == [["a,b", "c"], ["d,e", "f"]]


def test_row_numbers_without_a_name_do_not_shift_the_columns(read):
    reading = read("text,label\n1,hello,x\n2,foo,y\n3,bar,z\n")
    assert reading.columns == ["column_1", "text", "label"]


def test_names_are_unique_even_for_a_reader_that_ignores_case(read):
    reading = read("Text,text,,Text\n1,2,3,4\n5,6,7,8\n")
    assert reading.columns == ["Text", "text_2", "column_3", "Text_3"]
    assert codes(reading) == {"repeated_column_name", "blank_column_name"}


def test_what_a_person_says_overrides_the_guess(read):
    assert read("a;b,c\n1;2,3\n", delimiter=";").columns == ["a", "b,c"]
    assert read("text,label\na,b\nc,d\n", header=False).columns == ["column_1", "column_2"]
    assert read("x,y\nz,w\n", header=True).columns == ["x", "y"]
    assert table(read("text,label\n'a,b',c\n'd',e\n", quote="'")) == [["a,b", "c"], ["d", "e"]]


def test_separator_characters_of_ours_pass_through(read):
    assert table(read("text,label\na\x1fb,x\nc\x1ed,\x1e\n")) == [["a\x1fb", "x"], ["c\x1ed", "\x1e"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty_file"),
        ("\n\n\n", "only_blank"),
        (",,,\n,,,\n", "only_blank"),
        ("text,label\n", "only_header"),
        ("text,label\none\ntwo\n", "no_readable_row"),
        (",".join(f"c{n}" for n in range(2001)) + "\n" + "x," * 2000 + "x\n", "too_many_columns"),
        ("<!DOCTYPE html><html></html>", "web_page"),
        (b"%PDF-1.7 \x00", "not_a_table"),
        (b"\x1f\x8b\x08\x00", "not_a_table"),
        (b"PK\x03\x04 cut off", "broken_zip"),
        (b"PAR1 cut off PAR1", "broken_parquet"),
        (bytes(range(32)) * 50, "not_a_table"),
    ],
)
def test_what_holds_no_table_is_refused_with_a_cure(read, content, code):
    with pytest.raises(JobFailure) as refusal:
        read(content)
    assert refusal.value.error.code == code
    assert refusal.value.error.hint


def test_a_line_of_more_than_64_mib_is_refused_by_number(read):
    with pytest.raises(JobFailure) as refusal:
        read(b"text,label\na,b\n" + b"x" * (65 << 20))
    assert refusal.value.error.code == "line_too_long"
    assert "Line 3" in refusal.value.error.message


@pytest.mark.parametrize(
    "options", [{"delimiter": "ab"}, {"delimiter": '"'}, {"quote": "''"}, {"encoding": "nope"}, {"encoding": "rot13"}]
)
def test_impossible_options_are_refused(read, options):
    with pytest.raises(JobFailure) as refusal:
        read("text,label\na,b\n", **options)
    assert refusal.value.error.hint
