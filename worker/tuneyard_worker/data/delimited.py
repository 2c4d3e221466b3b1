"""CSV and its relatives: from lines to rows in the stage, with every line accounted for."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tuneyard.specs.dataset import Question
from tuneyard.specs.job import ReadingOptions
from tuneyard_worker.data.dialect import DialectGuess, guess_dialect
from tuneyard_worker.data.facts import MOST_ROWS_NAMED, Facts, counted, listed
from tuneyard_worker.data.header import HeaderGuess, guess_header
from tuneyard_worker.data.lines import BLOCK_CHARS, TextLines
from tuneyard_worker.data.names import made_up_names, name_columns
from tuneyard_worker.data.questions import ask_about_header, ask_about_lead
from tuneyard_worker.data.records import NO_DELIMITER, UNCLOSED_QUOTE, Dialect, Record, split_records, wrong_width
from tuneyard_worker.data.sentences import Sentence
from tuneyard_worker.data.staging import MOST_COLUMNS, Batch, Stage, too_many_columns
from tuneyard_worker.failures import JobFailure

HEAD_LINES = 100


@dataclass(frozen=True)
class Layout:
    """Where the table is in the file. `skip_lines` physical lines come first, then the header if there is one."""

    dialect: Dialect
    skip_lines: int
    header: bool
    width: int


@dataclass
class _Pass:
    """The state of reading all records once."""

    layout: Layout
    stage: Stage
    keep_blank_rows: bool
    damaged_lines: list[int]
    nul_lines: list[int]
    header_pending: bool
    blank: int = 0
    pending_blank: Batch = field(default_factory=Batch)
    trimmed: int = 0
    repaired: list[int] = field(default_factory=list)
    damaged_rows: list[int] = field(default_factory=list)
    nul_rows: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.empty = [""] * self.layout.width


def read_delimited(lines: TextLines, options: ReadingOptions, stage: Stage, *, keep_blank_rows: bool) -> Facts:
    """Read a delimited text file into `stage`."""
    sample = lines.head()
    whole = sum(map(len, sample)) < BLOCK_CHARS
    facts = Facts("csv", [], encoding=lines.decoding.name)
    layout = _find_table(sample, options, facts, whole=whole)
    state = _Pass(layout, stage, keep_blank_rows, lines.damaged, lines.nul_lines, header_pending=layout.header)
    _read_all(lines, state)
    facts.blank_rows = state.blank
    _report(state, facts)
    return facts


def _find_table(sample: list[str], options: ReadingOptions, facts: Facts, *, whole: bool) -> Layout:
    """Dialect, header and column names, from the head of the file."""
    skip = options.skip_lines or 0
    if options.skip_lines is None and sample and sample[0].lower().startswith("sep=") and len(sample[0].strip()) == 5:
        options = options.model_copy(update={"delimiter": options.delimiter or sample[0][4]})
        skip = 1
    guess = guess_dialect(sample[skip:], options, whole=whole)
    dialect, width = guess.measure.dialect, guess.measure.width
    records, _ = split_records(sample[skip:], skip + 1, dialect, width=None, final=whole)
    filled = [record for record in records if any(cell.strip() for cell in record.cells)]
    if not filled and not any(record.problem for record in records):
        raise JobFailure("only_blank", "The file holds no data, only empty lines.", "Check the export.")
    if not filled:
        raise unreadable(records[0].line, records[0].problem or UNCLOSED_QUOTE)
    lead = guess.measure.lead if options.skip_lines is None else 0
    if lead:
        skip = filled[lead].line - 1
        passed = listed([record.line for record in filled[:lead]], "line")
        were = f"Above it, {passed} {'was' if lead == 1 else 'were'} passed over"
        ask_about_lead(skip, lead, filled[0].raw.strip(), f"on line {skip + 1}. {were}", facts)
    layout = _with_header(filled[lead:], Layout(dialect, skip, header=False, width=width), options, facts)
    _tell_dialect(guess, options, facts)
    return layout


def _with_header(records: list[Record], layout: Layout, options: ReadingOptions, facts: Facts) -> Layout:
    """Decide about the header and name the columns."""
    width = layout.width
    rows = [record.cells for record in records if len(record.cells) >= width or record is records[0]]
    guess = HeaderGuess(options.header, sure=True) if options.header is not None else guess_header(rows)
    header = rows[0]
    if guess.header:
        while len(header) > width and not header[-1].strip():
            header = header[:-1]
        width = max(width, len(header))
        if len(header) == width - 1 and _numbered(rows[1:]):
            header = ["", *header]  # as R writes it: row numbers first, and no name above them
        header = header + [""] * (width - len(header))
    if width > MOST_COLUMNS:
        raise too_many_columns(width)
    facts.columns = name_columns(header, facts) if guess.header else made_up_names(width)
    facts.header = guess.header
    if not guess.sure:
        ask_about_header(rows[0], guess.header, facts)
    return replace(layout, header=guess.header, width=width)


def _numbered(rows: list[list[str]]) -> bool:
    return bool(rows) and all(row[0] == str(number) for number, row in enumerate(rows[:100], 1))


def _tell_dialect(guess: DialectGuess, options: ReadingOptions, facts: Facts) -> None:
    dialect = guess.measure.dialect
    facts.delimiter = None if dialect.delimiter == NO_DELIMITER else dialect.delimiter
    facts.quote = dialect.quote or None
    if guess.rivals and options.delimiter is None:
        message = f"The cells could be divided by {shown(dialect.delimiter)} or by {shown(guess.rivals[0])}."
        question = Question(
            code="delimiter", message=message, chosen=dialect.delimiter, alternatives=list(guess.rivals)
        )
        facts.questions.append(question)
    if dialect.quote != '"' and options.quote is None:
        quote = dialect.quote
        reading = f"{quote} was read as the quote around cells" if quote else "quotes were kept as they stand"
        facts.warn(
            "unusual_quote" if quote else "quotes_kept",
            f"In this file {reading}.",
            "If cells look wrong, set the quote yourself.",
            details={"quote": quote},
        )


def shown(delimiter: str) -> str:
    return {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars (|)"}.get(delimiter, f"'{delimiter}'")


def _read_all(lines: TextLines, state: _Pass) -> None:
    leftover: list[str] = []
    first_line = 1
    for block in lines.blocks():
        pending = leftover + block
        if first_line == 1:
            pending = pending[state.layout.skip_lines :]
            first_line += state.layout.skip_lines
        if state.header_pending:
            taken = len(pending[:HEAD_LINES])
            leftover = _add_records(pending[:HEAD_LINES], first_line, state, final=False)
            pending = leftover + pending[HEAD_LINES:]
            first_line += taken - len(leftover)
        number = first_line
        first_line += len(pending)
        if _add_sound_block(pending, number, state):
            leftover = []
            continue
        leftover = _add_records(pending, number, state, final=False)
        first_line -= len(leftover)
        # A record larger than a block is met by ever larger blocks, so that it is not read again and again.
        lines.block_chars = max(BLOCK_CHARS, sum(map(len, leftover)))
    _add_records(leftover, first_line, state, final=True)
    state.blank += len(state.pending_blank)


def _add_sound_block(lines: list[str], first_line: int, state: _Pass) -> bool:
    """The quick way for a block in which nothing is out of the ordinary; False where something is."""
    if state.header_pending or state.pending_blank or state.damaged_lines or state.nul_lines:
        return False
    try:
        rows = list(state.layout.dialect.parse(iter(lines)))
    except csv.Error:
        return False
    if set(map(len, rows)) != {state.layout.width} or not all(map(any, rows)):
        return False
    state.stage.add(rows, _beginnings(lines, first_line, len(rows), state.layout.dialect))
    return True


def _beginnings(lines: list[str], first_line: int, count: int, dialect: Dialect) -> Sequence[int]:
    """The line on which each of `count` sound records begins."""
    if count == len(lines):
        return range(first_line, first_line + count)
    reader = dialect.parse(iter(lines))
    return [first_line, *(first_line + reader.line_num for _ in reader)][:count]


def _add_records(lines: list[str], first_line: int, state: _Pass, *, final: bool) -> list[str]:
    """The careful way: each record by itself. The lines of an unfinished last record come back."""
    records, leftover = split_records(lines, first_line, state.layout.dialect, width=state.layout.width, final=final)
    damaged, nuls = set(state.damaged_lines), set(state.nul_lines)
    batch = Batch()
    for index, record in enumerate(records):
        before = state.stage.rows + len(batch)
        _add_record(record, batch, state)
        if not (damaged or nuls) or state.stage.rows + len(batch) == before:
            continue
        last = records[index + 1].line if index + 1 < len(records) else first_line + len(lines) - len(leftover)
        spanned = range(record.line, last)
        if not damaged.isdisjoint(spanned):
            state.damaged_rows.append(state.stage.rows + len(batch))
        if not nuls.isdisjoint(spanned):
            state.nul_rows.append(state.stage.rows + len(batch))
    batch.flush(state.stage)
    return leftover


def _add_record(record: Record, batch: Batch, state: _Pass) -> None:
    if state.header_pending and (record.problem or any(cell.strip() for cell in record.cells)):
        state.header_pending = False
        return
    width = state.layout.width
    problem = record.problem
    if problem is None and not any(cell.strip() for cell in record.cells):
        _add_blank(record, batch, state)
        return
    batch.take(state.pending_blank)
    cells = record.cells
    if problem is None and len(cells) != width:
        if len(cells) > width and not any(cells[width:]):
            state.trimmed += 1
            cells = cells[:width]
        else:
            problem = wrong_width(len(cells), width)
    if problem is not None:
        batch.flush(state.stage)
        state.stage.reject(record.line, record.raw, problem, keep_place=state.keep_blank_rows)
        return
    batch.add(cells, record.line)
    if record.repaired:
        state.repaired.append(state.stage.rows + len(batch))


def _add_blank(record: Record, batch: Batch, state: _Pass) -> None:
    """An empty line is skipped; a row of empty cells is one only at the end, where spreadsheets leave them."""
    if state.keep_blank_rows:
        batch.add((record.cells + state.empty)[: state.layout.width], record.line)
    elif len(record.cells) > 1:
        # One list stands for all that are wholly empty: a spreadsheet may leave a million of them.
        cells = (record.cells + state.empty)[: state.layout.width]
        state.pending_blank.add(cells if any(cells) else state.empty, record.line)
    elif not state.header_pending:
        state.blank += 1


def _report(state: _Pass, facts: Facts) -> None:
    if state.stage.rows == state.stage.rejected * state.keep_blank_rows:
        if state.stage.rejected:
            raise unreadable(*state.stage.reasons[0])
        raise JobFailure("only_header", "The file has a header but no rows.", "Add rows below the header.")
    if state.repaired:
        facts.warn(
            "stray_quotes",
            f"In {counted(len(state.repaired), 'row')} quotes stand inside quoted cells without being doubled. "
            "They were read as part of the text.",
            'Look at these rows; a quote inside a quoted cell is written twice: ""',
            count=len(state.repaired),
            rows=state.repaired[:MOST_ROWS_NAMED],
        )
    facts.tell_bytes(state.damaged_lines, state.nul_lines, damaged_rows=state.damaged_rows, nul_rows=state.nul_rows)
    if state.trimmed:
        facts.note(
            "extra_empty_cells",
            f"{counted(state.trimmed, 'row')} had extra empty cells at the end, which were left out.",
            count=state.trimmed,
        )


def unreadable(line: int, reason: Sentence) -> JobFailure:
    return JobFailure(
        "no_readable_row",
        f"No line could be read as a row. Line {line:,}: {reason.text}",
        "Set the delimiter, or save the table as .xlsx and upload that.",
        details=reason.on_line(line),
    )
