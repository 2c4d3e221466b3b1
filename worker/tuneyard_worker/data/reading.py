"""A file of any format in, a table of text cells out. Nothing but the working directory is written."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tuneyard.specs.dataset import Finding, Question
from tuneyard.specs.job import ReadingOptions
from tuneyard_worker.data.conll import looks_like_conll, read_conll
from tuneyard_worker.data.delimited import read_delimited
from tuneyard_worker.data.encoding import Decoding, check_line_lengths, detect
from tuneyard_worker.data.facts import LINES_NAMED, Facts, Format, counted, listed
from tuneyard_worker.data.file_lines import FileLines
from tuneyard_worker.data.json_lines import looks_like_json, read_json
from tuneyard_worker.data.lines import Progress, TextLines
from tuneyard_worker.data.parquet import copy_parquet
from tuneyard_worker.data.sniff import Kind, kind_of
from tuneyard_worker.data.staging import Stage, connect, count_rows
from tuneyard_worker.failures import JobFailure

DETECTED = 0.1
STAGED = 0.8


@dataclass(frozen=True)
class TableReading:
    """A table that was read. `parquet` has every column as text; `rejects` has line, raw and reason.

    With `keep_blank_rows` every record of the file has its row: blank and unreadable ones are rows of empty cells, and
    `rejects` has a fourth column `row`, the number (from 1) of the empty row that stands for the line.
    """

    parquet: Path
    rejects: Path
    rows: int
    columns: list[str]
    rejected_rows: int
    blank_rows: int
    format: Format
    encoding: str | None
    delimiter: str | None
    quote: str | None
    header: bool | None
    sheet: str | None
    findings: list[Finding]
    questions: list[Question]


def read_table(
    path: Path,
    filename: str,
    options: ReadingOptions,
    workdir: Path,
    threads: int,
    *,
    keep_blank_rows: bool = False,
    progress: Progress = lambda _: None,
) -> TableReading:
    """Read `path` into `workdir` as `data.parquet` and `rejects.parquet`; raises JobFailure where that is impossible.

    `filename` decides only where the content could be JSON or not. `progress` hears fractions from 0 to 1.
    """
    data, rejects = workdir / "data.parquet", workdir / "rejects.parquet"
    scratch = workdir / "reading"
    kind = kind_of(path)
    stage = Stage(scratch, FileLines("sheet_row" if kind is Kind.EXCEL else "line"))
    try:
        if kind is not Kind.PARQUET:
            facts = _stage_rows(path, kind, options, _Target(stage, filename, progress, keep_blank_rows))
        with connect(scratch, threads) as database:
            if kind is Kind.PARQUET:
                facts = copy_parquet(database, path, data)
                stage.rows = count_rows(database, data)
            else:
                stage.finish_rows(database, facts.columns, data)
            stage.finish_rejects(database, rejects, keep_places=keep_blank_rows)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if not stage.rows:
        raise JobFailure("no_rows", "The file holds no rows.", "Export it again and upload it anew.")
    progress(1.0)
    _report_rejects(stage, facts)
    if facts.blank_rows:
        _report_blank_rows(facts)
    return TableReading(
        parquet=data,
        rejects=rejects,
        rows=stage.rows,
        columns=facts.columns,
        rejected_rows=stage.rejected,
        blank_rows=facts.blank_rows,
        format=facts.format,
        encoding=facts.encoding,
        delimiter=facts.delimiter,
        quote=facts.quote,
        header=facts.header,
        sheet=facts.sheet,
        findings=facts.findings,
        questions=facts.questions,
    )


@dataclass(frozen=True)
class _Target:
    stage: Stage
    filename: str
    progress: Progress
    keep_blank_rows: bool


def _stage_rows(path: Path, kind: Kind, options: ReadingOptions, target: _Target) -> Facts:
    stage, progress, keep_blank_rows = target.stage, target.progress, target.keep_blank_rows
    if kind is Kind.EXCEL:
        from tuneyard_worker.data.spreadsheet import read_spreadsheet

        return read_spreadsheet(path, options, stage, progress, keep_blank_rows=keep_blank_rows)
    check_line_lengths(path)
    decoding = detect(path, options.encoding)
    progress(DETECTED)
    lines = TextLines(path, decoding, lambda done: progress(DETECTED + done * (STAGED - DETECTED)))
    facts = _read_text(lines, options, target)
    _tell_encoding(decoding, facts)
    return facts


def _read_text(lines: TextLines, options: ReadingOptions, target: _Target) -> Facts:
    stage, keep_blank_rows = target.stage, target.keep_blank_rows
    sample = lines.head()
    if options.delimiter is None:
        if looks_like_json(sample, target.filename):
            return read_json(lines, stage, keep_blank_rows=keep_blank_rows)
        if looks_like_conll(sample):
            return read_conll(lines, stage)
    return read_delimited(lines, options, stage, keep_blank_rows=keep_blank_rows)


def _tell_encoding(decoding: Decoding, facts: Facts) -> None:
    if not decoding.guessed:
        return
    facts.note(
        "encoding_guessed",
        f"The file does not say its encoding; it was read as {decoding.name}.",
        "If letters look wrong, choose another encoding.",
        details={"encoding": decoding.name},
    )
    if not decoding.confident:
        message = f"The encoding is a guess: {decoding.name}. Do the letters look right?"
        facts.questions.append(
            Question(code="encoding", message=message, chosen=decoding.name, alternatives=list(decoding.alternatives))
        )


def _report_rejects(stage: Stage, facts: Facts) -> None:
    if not stage.rejected:
        return
    first_line, reason = stage.reasons[0]
    lines = [line for line, _ in stage.reasons]
    facts.warn(
        "rejected_lines",
        f"{counted(stage.rejected, 'record')} could not be read as a row, on "
        f"{listed(lines, 'line', stage.rejected)}. Line {first_line:,}: {reason.text}",
        "They are kept and listed under rejected lines. Correct them in the file and upload it again.",
        count=stage.rejected,
        details={"lines": lines[:LINES_NAMED]} | reason.on_line(first_line),
    )


def _report_blank_rows(facts: Facts) -> None:
    # Between JSON objects blank lines mean nothing; in a table they may have been rows.
    tell = facts.note if facts.format == "jsonl" else facts.warn
    were = "was" if facts.blank_rows == 1 else "were"
    message = f"{counted(facts.blank_rows, 'blank row')} {were} skipped."
    tell("blank_rows", message, count=facts.blank_rows)
