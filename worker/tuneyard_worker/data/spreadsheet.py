"""Excel and OpenDocument sheets, read with bounds on what they may unpack to."""

import datetime
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

import python_calamine

from tuneyard.specs.job import ReadingOptions
from tuneyard_worker.data.facts import Facts, counted
from tuneyard_worker.data.header import HeaderGuess, guess_header
from tuneyard_worker.data.lines import Progress
from tuneyard_worker.data.names import made_up_names, name_columns
from tuneyard_worker.data.questions import ask_about_header, ask_about_lead
from tuneyard_worker.data.staging import MOST_COLUMNS, Batch, Stage, too_many_columns
from tuneyard_worker.failures import JobFailure

MOST_UNPACKED_BYTES = 400 << 20
MOST_PARTS = 10_000
HIGHEST_RATIO = 200
RATIO_MATTERS_BYTES = 20 << 20
ROWS_AT_ONCE = 1_000
SAMPLE_ROWS = 500
MOST_LEAD_ROWS = 20

Row = list[str]


def read_spreadsheet(
    path: Path, options: ReadingOptions, stage: Stage, progress: Progress, *, keep_blank_rows: bool
) -> Facts:
    """Read one sheet into `stage`: `options.sheet`, else the first that has rows."""
    check_bounds(path)
    with _readable():
        book = python_calamine.CalamineWorkbook.from_path(path)
        name, sheet = _choose(book, options.sheet)
    facts = Facts("excel", [], sheet=name)
    if options.sheet is None and len(book.sheet_names) > 1:
        others = [other for other in book.sheet_names if other != name]
        shown = ", ".join(f"'{other}'" for other in others)
        facts.note(
            "sheet_chosen",
            f"The sheet '{name}' was read. Others: {shown}.",
            "Choose another sheet to read that.",
            details={"sheet": name, "others": others[:20]},
        )
    if sheet.width > MOST_COLUMNS:
        raise too_many_columns(sheet.width)
    head = [cells for _, cells in zip(range(SAMPLE_ROWS), _rows(sheet), strict=False)]
    skip = _lead(head, options, facts)
    header, width = _header(head[skip:], options, facts)
    blank = 0
    batch = Batch()
    gap = 0
    start = _start(sheet)
    for index, cells in enumerate(_rows(sheet)):
        if index < skip + header:
            continue
        if not any(cell.strip() for cell in cells) and not keep_blank_rows:
            gap += 1
            continue
        blank, gap = blank + gap, 0
        batch.add((cells + [""] * width)[:width], start + index + 1)
        if len(batch) >= ROWS_AT_ONCE:
            batch.flush(stage)
            progress(index / max(1, sheet.height))
    batch.flush(stage)
    facts.blank_rows = blank + gap
    if stage.rows == 0:
        message = f"The sheet '{name}' has a header but no rows."
        raise JobFailure("only_header", message, "Add rows, or choose another sheet.", details={"sheet": name})
    return facts


def check_bounds(path: Path) -> None:
    """Refuse a zip bomb before anything unpacks it: what is declared first, then what really comes out."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
            raise _too_large()
        total = 0
        for part in parts:
            size = _unpacked(archive, part, MOST_UNPACKED_BYTES - total)
            total += size
            if size > RATIO_MATTERS_BYTES and size > HIGHEST_RATIO * max(1, part.compress_size):
                raise _too_large()
            if total >= MOST_UNPACKED_BYTES:
                raise _too_large()


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> int:
    """Bytes that really come out of `part`, counted up to `limit`."""
    honest = copy(part)
    honest.file_size = limit + 1  # reading ends with the data then, not with the size that the file declares
    size = 0
    try:
        with archive.open(honest) as stream:
            while size <= limit and (chunk := stream.read(1 << 20)):
                size += len(chunk)
    except RuntimeError as error:
        raise _protected() from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise _broken() from error
    return size


@contextmanager
def _readable() -> Iterator[None]:
    """Turn what the spreadsheet library raises about a file into words; it is written in Rust and may panic."""
    try:
        yield
    except python_calamine.PasswordError as error:
        raise _protected() from error
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise _broken() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise _broken() from error
        raise


def _choose(book: python_calamine.CalamineWorkbook, wanted: str | None) -> tuple[str, python_calamine.CalamineSheet]:
    names = book.sheet_names
    if wanted is not None and wanted not in names:
        raise JobFailure(
            "unknown_sheet",
            f"There is no sheet called '{wanted[:60]}'.",
            f"The sheets are: {', '.join(names)[:500]}.",
            details={"sheet": wanted[:60], "others": names[:20]},
        )
    for name in [wanted] if wanted is not None else names:
        sheet = book.get_sheet_by_name(name)
        if sheet.height > 0:
            return name, sheet
    raise JobFailure(
        "empty_sheets", "The sheets hold no rows.", "Put the table on the first sheet and upload it again."
    )


def _rows(sheet: python_calamine.CalamineSheet) -> Iterator[Row]:
    """Rows from the first that holds something; `iter_rows` puts empty ones above it, as the sheet has them."""
    start = _start(sheet)
    for index, row in enumerate(sheet.iter_rows()):
        if index >= start:
            yield [cell_text(value) for value in row]


def _start(sheet: python_calamine.CalamineSheet) -> int:
    """How many rows stand above the first that holds something."""
    return sheet.start[0] if sheet.start else 0


def cell_text(value: Any) -> str:
    """A cell as the sheet says it: whole numbers without `.0`, dates as ISO 8601, TRUE and FALSE."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ") if value.time() != datetime.time() else value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return "" if value is None else str(value)


def _lead(rows: Sequence[Row], options: ReadingOptions, facts: Facts) -> int:
    """How many rows stand above the table: titles fill one cell, a header fills most."""
    if options.skip_lines is not None:
        return min(options.skip_lines, len(rows) - 1)
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    usual = sorted(filled)[len(filled) // 2]
    lead = next((index for index, count in enumerate(filled) if count > 1 or count >= usual), 0)
    if usual < 2 or lead == 0 or lead > MOST_LEAD_ROWS:
        return 0
    title = next((cell for cell in rows[0] if cell.strip()), "")
    where = f"in row {lead + 1}; {counted(lead, 'row')} above it passed over"
    ask_about_lead(lead, lead, title, where, facts)
    return lead


def _header(rows: Sequence[Row], options: ReadingOptions, facts: Facts) -> tuple[int, int]:
    """Name the columns; whether the first row did, as 0 or 1, and how many there are."""
    width = max((len(row) for row in rows), default=0)
    first = rows[0] + [""] * (width - len(rows[0]))
    guess = HeaderGuess(options.header, sure=True) if options.header is not None else guess_header([first, *rows[1:]])
    facts.header = guess.header
    facts.columns = name_columns(first, facts) if guess.header else made_up_names(width)
    if not guess.sure:
        ask_about_header(first, guess.header, facts)
    return int(guess.header), width


def _too_large() -> JobFailure:
    return JobFailure(
        "too_large_unpacked",
        "The Excel file unpacks to more than can be read safely.",
        "Save the sheet as .csv and upload that: CSV files may be of any size.",
    )


def _broken() -> JobFailure:
    return JobFailure(
        "broken_file",
        "This is not an Excel file that can be read, or it is damaged.",
        "Open it in a spreadsheet program, save it as .xlsx and upload that.",
    )


def _protected() -> JobFailure:
    return JobFailure(
        "password_protected",
        "The Excel file is protected by a password.",
        "Save it without a password and upload it again.",
    )
