"""Every awkward file of the shared collection comes out as its description demands."""

import contextlib
import hashlib
import json
from typing import Any

import pytest
from readings import MESSY, codes, table

from tuneyard.specs.dataset import Question
from tuneyard_worker.failures import JobFailure

if MESSY.exists():
    FILES = {entry["file"]: entry for entry in json.loads((MESSY / "expected.json").read_text(encoding="utf-8"))}
else:
    FILES = {}

pytestmark = pytest.mark.skipif(not FILES, reason="the shared data is not beside the project")

# What the description says in words only: a code that must be in the repair report.
SAID: dict[str, set[str]] = {
    "q10_tab_single_quote.csv": {"unusual_quote"},
    "q11_unescaped_inner_quotes.csv": {"stray_quotes"},
    "q13_unclosed_quote.csv": {"rejected_lines"},
    "h01_duplicate_headers.csv": {"repeated_column_name"},
    "h03_blank_header.csv": {"blank_column_name"},
    "r01_too_long_too_short.csv": {"rejected_lines"},
    "r03_blank_rows.csv": {"blank_rows"},
    "r08_nul_byte.csv": {"nul_characters"},
    "e11_invalid_utf8_one_row.csv": {"undecodable_bytes"},
    "d09_trailing_delimiter.csv": {"empty_column"},
    "v03_label_variants.csv": {"similar_labels"},
    "v04_missing_dup_conflict.csv": {"missing_text", "missing_label", "duplicate_rows", "conflicting_labels"},
    "v08_singleton_classes.csv": {"rare_classes"},
    "j03_broken_line_17.jsonl": {"rejected_lines"},
    "c04_missing_tag_line.conll": {"missing_tag", "rare_tags"},
}
ROWS = {"q11_unescaped_inner_quotes.csv": 6, "r01_too_long_too_short.csv": 1, "r08_nul_byte.csv": 1}


def of_verdict(*verdicts: str) -> list[str]:
    return [name for name, entry in FILES.items() if entry["verdict"] in verdicts]


def assert_as_stated(reading: Any, entry: dict[str, Any]) -> None:
    if "n_rows" in entry:
        assert reading.rows == entry["n_rows"]
    if "rows_sha256" not in entry:
        return
    rows = table(reading)
    wanted = entry.get("rows")
    if wanted and any(len(row) > len(entry["columns"] or row) for row in wanted):
        # A table cannot be ragged: empty cells beyond the header are left out.
        assert rows == [row[: len(entry["columns"])] for row in wanted]
        assert not any(any(row[len(entry["columns"]) :]) for row in wanted)
        return
    assert hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest() == entry["rows_sha256"]
    assert len(rows[0]) == entry["n_cols"]


@pytest.mark.parametrize("name", of_verdict("accept"))
def test_a_sound_file_is_read_exactly_and_without_a_question(read, name):
    reading = read(MESSY / name)
    assert_as_stated(reading, FILES[name])
    if FILES[name].get("columns"):
        assert reading.columns == FILES[name]["columns"]
    assert reading.questions == []
    assert reading.rejected_rows == 0


@pytest.mark.parametrize("name", of_verdict("warn"))
def test_a_flawed_file_is_read_and_the_flaw_is_named(ingest_file, read, name):
    reading, profile = read(MESSY / name), ingest_file(MESSY / name)
    assert_as_stated(reading, FILES[name])
    assert reading.rows == ROWS.get(name, reading.rows)
    assert any(finding.severity == "warning" for finding in profile.findings) or profile.rejected_rows
    assert codes(profile) >= SAID.get(name, set())


@pytest.mark.parametrize("name", of_verdict("ask"))
def test_an_ambiguous_file_is_read_with_a_question_that_can_be_answered(read, name):
    reading = read(MESSY / name)
    assert_as_stated(reading, FILES[name])
    assert FILES[name]["columns"] in (None, reading.columns)
    assert reading.questions
    for question in reading.questions:
        for other in question.alternatives:
            # A file of one row has no rows left once that row is called a header.
            with contextlib.suppress(JobFailure):
                assert read(MESSY / name, **answer(question, other)).questions != reading.questions


def answer(question: Question, value: str) -> dict[str, Any]:
    option = {"comment": "skip_lines"}.get(question.code, question.code)
    return {option: json.loads(value) if option in {"skip_lines", "header"} else value}


@pytest.mark.parametrize("name", of_verdict("reject"))
def test_what_is_no_table_is_refused_and_named(read, name):
    if name.startswith("x02"):
        assert read(MESSY / name).format == "excel"
        return
    with pytest.raises(JobFailure) as refusal:
        read(MESSY / name)
    assert refusal.value.error.hint


def test_the_line_of_an_unclosed_quote_is_named(read):
    reading = read(MESSY / "q13_unclosed_quote.csv")
    assert "Line 3: A quote is opened" in next(f.message for f in reading.findings if f.code == "rejected_lines")


def test_missing_and_conflicting_cells_are_counted(ingest_file):
    profile = ingest_file(MESSY / "v04_missing_dup_conflict.csv")
    counts = {finding.code: finding.count for finding in profile.findings}
    assert (counts["missing_text"], counts["missing_label"], counts["conflicting_labels"]) == (18, 23, 1)


def test_id_and_split_columns_are_recognised(ingest_file):
    profile = ingest_file(MESSY / "v07_id_and_split_columns.csv")
    assert profile.suggested_columns == {"text": "text", "label": "label", "split": "split"}
    assert next(column.type for column in profile.columns if column.name == "id") == "identifier"
