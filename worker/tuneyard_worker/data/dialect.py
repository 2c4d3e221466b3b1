"""Which delimiter and which quote a delimited text file uses: whichever makes its records equally wide."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tuneyard.specs.job import ReadingOptions
from tuneyard_worker.data.records import NO_DELIMITER, Dialect, Record, split_records
from tuneyard_worker.data.vocabulary import is_known_name
from tuneyard_worker.failures import JobFailure

# In the order of preference between equally good ones.
DELIMITERS = (",", "\t", ";", "|")
SAMPLE_LINES = 1_000
MOST_LEAD_RECORDS = 20
NEARLY_EQUAL = 0.02


@dataclass(frozen=True)
class Measure:
    """How well a dialect fits the sample. `lead` records stand above the table, `width` cells make a row."""

    dialect: Dialect
    width: int
    misfits: float
    total: int
    lead: int
    lead_is_comment: bool
    names: bool

    @property
    def score(self) -> float:
        """0 where the reading makes no sense, 1 where every record fits. A header makes sense even above misfits."""
        share = 1 - self.misfits / max(1, self.total)
        if self.width < 2 or share < 0.5:
            return 0.3 if self.names else 0.0
        if self.lead and not self.lead_is_comment:
            return share * 0.75 if share >= 0.95 and self.total >= 5 else 0.0
        return share * (0.95 if self.lead else 1.0)


@dataclass(frozen=True)
class DialectGuess:
    measure: Measure
    rivals: tuple[str, ...] = ()


def guess_dialect(lines: list[str], options: ReadingOptions, *, whole: bool) -> DialectGuess:
    """The dialect of a sample of lines; `whole` when the sample is all of the file."""
    check_options(options)
    lines, whole = lines[:SAMPLE_LINES], whole and len(lines) <= SAMPLE_LINES
    text = "".join(lines)
    delimiters = [options.delimiter] if options.delimiter else [each for each in DELIMITERS if each in text]
    measures = [_best_quoting(lines, delimiter, options, whole) for delimiter in delimiters or [NO_DELIMITER]]
    if text.strip() and any(measure.total == 0 for measure in measures):
        raise JobFailure("only_blank", "The file holds no data, only empty cells.", "Check the export.")
    best = max(measures, key=lambda measure: measure.score)
    if best.score == 0.0 and not options.delimiter:
        return DialectGuess(_best_quoting(lines, NO_DELIMITER, options, whole))
    rivals = [other for other in measures if other is not best and other.score > best.score - NEARLY_EQUAL]
    return DialectGuess(best, tuple(other.dialect.delimiter for other in rivals))


def check_options(options: ReadingOptions) -> None:
    """Refuse a delimiter or quote that cannot be one."""
    for name, value in (("delimiter", options.delimiter), ("quote", options.quote or None)):
        if value is not None and (len(value) != 1 or value in '\r\n"' * (name == "delimiter") or value in "\r\n"):
            raise JobFailure(
                "bad_separator",
                f"'{value[:20]}' cannot be the {name}.",
                f"The {name} is one character, as , ; or |.",
                details={"character": value[:20]},
            )


def _best_quoting(lines: list[str], delimiter: str, options: ReadingOptions, whole: bool) -> Measure:
    """The usual double quote, unless another way of quoting leaves fewer records that do not fit."""
    if options.quote is not None:
        return measure(lines, Dialect(delimiter, options.quote), whole=whole)
    usual = Dialect(delimiter)
    best = measure(lines, usual, whole=whole)
    if best.misfits == 0:
        return best
    for dialect in _other_quotings(lines, usual):
        other = measure(lines, dialect, whole=whole)
        if other.misfits < best.misfits:
            best = other
    return best


def _other_quotings(lines: list[str], usual: Dialect) -> list[Dialect]:
    """Ways of quoting that the sample shows signs of."""
    text = "".join(lines)
    found = [replace(usual, skip_space=True)] if f'{usual.delimiter} "' in text else []
    if _quoted_cells(lines, usual):
        return found
    singles = [quote for quote in "'#" if f"{usual.delimiter}{quote}" in text or f"\n{quote}" in text]
    return [*found, *(replace(usual, quote=quote) for quote in [*singles, ""])]


def measure(lines: list[str], dialect: Dialect, *, whole: bool) -> Measure:
    """Read the sample in a dialect and count the records that do not fit."""
    records, _ = split_records(lines, 1, dialect, width=None, final=whole)
    found = [record for record in records if any(record.cells) or record.problem]
    widths = Counter(len(record.cells) for record in found if not record.problem)
    width = max(widths, key=lambda width: (widths[width], -width)) if widths else 0
    names = _is_header(found)
    width = _with_first_record(found, widths, width, names=names)
    lead = _lead(found, width)
    table = found[lead:]
    misfits = sum(1.0 if not fits(record, width) else 0.1 * record.repaired for record in table)
    comment = all(record.raw.lstrip().startswith("#") for record in found[:lead])
    return Measure(dialect, width, misfits, len(table), lead, comment, names)


def fits(record: Record, width: int) -> bool:
    """Whether a record has the cells of a row; empty ones too many at its end do no harm."""
    return record.problem is None and (
        len(record.cells) == width or (len(record.cells) > width and not any(record.cells[width:]))
    )


def _with_first_record(records: Sequence[Record], widths: Counter[int], width: int, *, names: bool) -> int:
    """The header knows the width best, unless most records disagree with it."""
    first = next((len(record.cells) for record in records if not record.problem), 0)
    disagree = widths[width] > len(records) / 2 and not (names and width < first)
    return width if first < 2 or disagree else first


def _is_header(records: Sequence[Record]) -> bool:
    """Whether the first record plainly is a header of two or more columns."""
    cells = records[0].cells if records else []
    return len(cells) > 1 and all(is_known_name(cell) and len(cell) <= 40 for cell in cells)


def _lead(records: Sequence[Record], width: int) -> int:
    """How many records stand above the table: comments and titles, which have fewer cells than its rows."""
    lead = 0
    for record in records[:MOST_LEAD_RECORDS]:
        cells = record.cells
        title = len(cells) == 1 < width and not is_known_name(cells[0])
        if record.problem or fits(record, width) or not (title or record.raw.lstrip().startswith("#")):
            break
        lead += 1
    return lead if lead < len(records) and lead < MOST_LEAD_RECORDS else 0


def _quoted_cells(lines: list[str], dialect: Dialect) -> bool:
    """Whether double quotes surround whole cells, so that they cannot be plain characters."""
    cells = [cell for line in lines for cell in line.rstrip("\r\n").split(dialect.delimiter)]
    quoted = sum(len(cell) > 1 and cell.startswith('"') and cell.endswith('"') for cell in cells)
    return quoted * 100 > len(cells)
