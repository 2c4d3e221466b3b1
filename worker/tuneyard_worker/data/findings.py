"""The repair report: what in the rows would hurt a model, with counts and the rows to look at."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tuneyard.specs.dataset import ColumnType, Finding
from tuneyard.specs.sayings import Details
from tuneyard.specs.tasks import ColumnMapping, Role, Task, closest_form, columns_of
from tuneyard_worker.data.chat_findings import find_chat_problems
from tuneyard_worker.data.columns import ColumnStats, is_blank, is_filled
from tuneyard_worker.data.facts import MOST_ROWS_NAMED, counted
from tuneyard_worker.data.file_lines import FileLines
from tuneyard_worker.data.staging import identifier, literal

FEW_ROWS = 5
LONG_TEXT_CHARS = 2_000
MOST_LABELS_COMPARED = 10_000
NEARLY_EMPTY = 0.95
CONTROL = r"'[\x{01}-\x{08}\x{0b}\x{0c}\x{0e}-\x{1f}\x{7f}\x{ad}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}\x{feff}]'"
ENTITY = r"'&(amp|lt|gt|quot|apos|nbsp|#[0-9]+|#x[0-9a-fA-F]+);'"
MOJIBAKE = r"'(Ã[\x{80}-\x{bf}©¨§¶¼¤]|â€[\x{98}-\x{9f}œ™“”˜¦]|锟斤拷|ï¿½|\x{fffd})'"


@dataclass
class Table:
    """The rows of a dataset version, with the number of each as `row` (the first is 1)."""

    database: duckdb.DuckDBPyConnection
    data: Path
    columns: list[ColumnStats]

    @property
    def source(self) -> str:
        return f"read_parquet({literal(self.data)}, file_row_number=true)"

    def rows_where(self, condition: str) -> tuple[int, list[int]]:
        """How many rows meet a condition, and the numbers of the first 100."""
        row = self.database.execute(f"SELECT count(*) FROM {self.source} WHERE {condition}").fetchone()
        count = int(row[0]) if row else 0
        if not count:
            return 0, []
        found = self.database.execute(
            f"SELECT file_row_number + 1 FROM {self.source} WHERE {condition} ORDER BY 1 LIMIT {MOST_ROWS_NAMED}"
        ).fetchall()
        return count, [int(number) for (number,) in found]

    def longest(self, names: list[str]) -> ColumnStats | None:
        """Of several columns, the one with the longest cells: a text and not the title above it."""
        found = [column for column in self.columns if column.name in names]
        return max(found, key=lambda column: column.lengths.mean if column.lengths else 0, default=None)


def find_problems(table: Table, roles: ColumnMapping) -> list[Finding]:
    """Everything worth saying about the rows, given the suggested columns."""
    if not {Role.TEXT, Role.LABEL} & set(roles) and closest_form(Task.TEXT_GENERATION, roles).fits(roles):
        lines = FileLines.read(table.database, table.data)
        chats = find_chat_problems(table.database, table.source, roles, lines)
        # A conversation may well have the same line twice.
        copies = [] if columns_of(roles, Role.CONVERSATION) else _duplicates(table, None)
        return [*chats, *copies, *_empty_columns(table)]
    text, label = table.longest(columns_of(roles, Role.TEXT)), table.longest(columns_of(roles, Role.LABEL))
    findings: list[Finding] = []
    if text is not None:
        findings += _missing(table, text, "text", "Rows without text teach nothing and are left out of training.")
    if label is not None:
        findings += _missing(table, label, "label", "Fill them in, or these rows are left out of training.")
    findings += _duplicates(table, text)
    if text is not None and label is not None:
        findings += _conflicts(table, text, label)
    if label is not None:
        findings += [*_similar_labels(table, label), *_rare_classes(table, label)]
    findings += _empty_columns(table)
    if text is not None:
        findings += [*_long_texts(table, text), *_odd_characters(table, text)]
    return findings


def _missing(table: Table, column: ColumnStats, what: str, hint: str) -> list[Finding]:
    if not column.missing:
        return []
    count, rows = table.rows_where(is_blank(identifier(column.name)))
    message = f"{counted(count, 'row')} {'has' if count == 1 else 'have'} no {what} in '{column.name}'."
    return [_warning(f"missing_{what}", message, hint, column.name, (count, rows))]


def _duplicates(table: Table, text: ColumnStats | None) -> list[Finding]:
    """Exact copies of earlier rows. Rows without text are told of as such and not again as copies."""
    if any(column.distinct == table.columns[0].rows for column in table.columns):
        return []  # a column without repetitions: no two rows are alike
    cells = ", ".join(identifier(column.name) for column in table.columns)
    compared = [text] if text is not None else [column for column in table.columns if column.filled]
    filled = " OR ".join(is_filled(identifier(column.name)) for column in compared)
    ranked = (
        f"SELECT row, row_number() OVER (PARTITION BY h ORDER BY row) AS copy FROM "
        f"(SELECT file_row_number + 1 AS row, hash({cells}) AS h FROM {table.source} WHERE {filled})"
    )
    count, rows = _ranked_rows(table, f"SELECT row FROM ({ranked}) WHERE copy > 1")
    if not count:
        return []
    message = f"{counted(count, 'row')} {'repeats' if count == 1 else 'repeat'} an earlier row exactly."
    hint = "Copies are kept on one side when rows are split, so they cannot flatter the result."
    return [_warning("duplicate_rows", message, hint, None, (count, rows))]


def _ranked_rows(table: Table, query: str) -> tuple[int, list[int]]:
    row = table.database.execute(f"SELECT count(*) FROM ({query})").fetchone()
    if not row or not row[0]:
        return 0, []
    found = table.database.execute(f"SELECT row FROM ({query}) ORDER BY row LIMIT {MOST_ROWS_NAMED}").fetchall()
    return int(row[0]), [int(number) for (number,) in found]


def _conflicts(table: Table, text: ColumnStats, label: ColumnStats) -> list[Finding]:
    if text.distinct == text.filled:
        return []
    shown, answer = identifier(text.name), identifier(label.name)
    clashing = (
        f"SELECT hash({shown}) AS h FROM {table.source} WHERE {is_filled(shown)} "
        f"AND {is_filled(answer)} GROUP BY h HAVING count(DISTINCT {answer}) > 1"
    )
    row = table.database.execute(f"SELECT count(*) FROM ({clashing})").fetchone()
    texts = int(row[0]) if row else 0
    if not texts:
        return []
    rows = table.rows_where(f"hash({shown}) IN ({clashing}) AND {is_filled(answer)}")[1]
    example = table.database.execute(
        f"SELECT left({shown}, 60) FROM {table.source} WHERE file_row_number = {rows[0] - 1}"
    ).fetchone()
    message = f"{counted(texts, 'text')} {'has' if texts == 1 else 'have'} different labels in different rows"
    quoted = str(example[0]) if example else ""
    message += f", for example '{quoted} …'."
    hint = "A model cannot learn both. Decide on one label for each of these texts."
    return [_warning("conflicting_labels", message, hint, label.name, (texts, rows), example=quoted)]


def _similar_labels(table: Table, label: ColumnStats) -> list[Finding]:
    """Labels that differ only by case, spaces or invisible characters."""
    if label.distinct > MOST_LABELS_COMPARED:
        return []
    cell = identifier(label.name)
    found = table.database.execute(
        f"SELECT {cell}, count(*) FROM {table.source} WHERE {is_filled(cell)} GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    groups: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for value, count in found:
        groups[_folded(value)].append((value, count))
    findings = []
    for variants in groups.values():
        if len(variants) == 1:
            continue
        (usual, _), *others = variants
        count = sum(number for _, number in others)
        named = ", ".join(f"'{_visible(value)}' ({number:,})" for value, number in variants[:8])
        message = f"{len(variants)} labels look alike but count as different ones: {named}."
        wrong = ", ".join(literal(value) for value, _ in others[:50])
        rows = table.rows_where(f"{cell} IN ({wrong})")[1]
        hint = f"Write all of them as '{_visible(usual)}' if they mean the same."
        shown = [f"{_visible(value)} ({number})" for value, number in variants[:8]]
        details: Details = {"labels": shown, "usual": _visible(usual), "variants": len(variants)}
        findings.append(_warning("similar_labels", message, hint, label.name, (count, rows), **details))
    return findings[:20]


def _folded(value: str) -> str:
    text = unicodedata.normalize("NFKC", value).casefold()
    kept = "".join(" " if char.isspace() else char for char in text if unicodedata.category(char) != "Cf")
    return " ".join(kept.split())


def _visible(value: str) -> str:
    """The label with what cannot be seen written out."""
    shown = {"\xa0": "[no-break space]", "\t": "[tab]", "\n": "[line break]", "\u200b": "[zero-width space]"}
    body = "".join(shown.get(char, char) for char in value[:80])
    stripped = body.strip(" ")
    before, after = len(body) - len(body.lstrip(" ")), len(body) - len(body.rstrip(" "))
    return "[space]" * before + stripped + "[space]" * after


def _rare_classes(table: Table, label: ColumnStats) -> list[Finding]:
    cell = identifier(label.name)
    rare = (
        f"SELECT {cell} AS value, count(*) AS n FROM {table.source} WHERE {is_filled(cell)} "
        f"GROUP BY value HAVING n < {FEW_ROWS}"
    )
    found = table.database.execute(
        f"SELECT value, n, count(*) OVER () FROM ({rare}) ORDER BY n, value LIMIT 100"
    ).fetchall()
    if not found:
        return []
    classes = int(found[0][2])
    named = ", ".join(f"'{value[:40]}' ({n})" for value, n, _ in found[:8]) + (" …" if classes > 8 else "")
    rows = table.rows_where(f"{cell} IN (SELECT value FROM ({rare}))")[1]
    are = "class has" if classes == 1 else "classes have"
    message = f"{classes:,} {are} fewer than {FEW_ROWS} rows: {named}."
    hint = "Add rows, or merge these classes: a class with one row cannot be both learned and tested."
    examples = [f"{value[:40]} ({n})" for value, n, _ in found[:8]]
    return [_warning("rare_classes", message, hint, label.name, (classes, rows), few=FEW_ROWS, classes=examples)]


def _empty_columns(table: Table) -> list[Finding]:
    findings = []
    for column in table.columns:
        if column.type is ColumnType.EMPTY:
            message = f"The column '{column.name}' is empty in every row."
            findings.append(_warning("empty_column", message, "It can be dropped.", column.name, (column.rows, [])))
        elif column.missing >= NEARLY_EMPTY * column.rows:
            rows = table.rows_where(is_filled(identifier(column.name)))[1]
            message = f"The column '{column.name}' is filled in only {counted(column.filled, 'row')}."
            hint = "Look at these rows: a delimiter inside a text may have pushed its rest into this column."
            findings.append(_info("nearly_empty_column", message, hint, column.name, (column.filled, rows)))
    return findings


def _long_texts(table: Table, text: ColumnStats) -> list[Finding]:
    if text.lengths is None or text.lengths.longest <= LONG_TEXT_CHARS:
        return []
    count, rows = table.rows_where(f"length({identifier(text.name)}) > {LONG_TEXT_CHARS}")
    message = (
        f"{counted(count, 'text')} {'is' if count == 1 else 'are'} longer than {LONG_TEXT_CHARS:,} characters; "
        f"the longest has {text.lengths.longest:,}."
    )
    hint = "Models read only the beginning of a long text; put what matters first, or split it."
    details: Details = {"characters": LONG_TEXT_CHARS, "longest": text.lengths.longest}
    return [_info("long_texts", message, hint, text.name, (count, rows), **details)]


def _odd_characters(table: Table, text: ColumnStats) -> list[Finding]:
    cell = identifier(text.name)
    # The first half of a condition is cheap and spares most cells the second.
    checks = (
        (
            "control_characters",
            f"regexp_matches({cell}, {CONTROL})",
            "invisible characters",
            "They are kept; remove them if an export made them.",
        ),
        (
            "html_entities",
            f"contains({cell}, '&') AND regexp_matches({cell}, {ENTITY})",
            "HTML codes such as &amp;",
            "Replace them by the characters they stand for.",
        ),
        (
            "garbled_letters",
            f"strlen({cell}) > length({cell}) AND regexp_matches({cell}, {MOJIBAKE})",
            "garbled letters, as after a wrong conversion",
            "Export them again as UTF-8.",
        ),
    )
    findings = []
    for code, condition, what, hint in checks:
        count, rows = table.rows_where(condition)
        if count:
            message = f"{counted(count, 'text')} {'holds' if count == 1 else 'hold'} {what}."
            findings.append(_info(code, message, hint, text.name, (count, rows)))
    return findings


def _warning(
    code: str,
    message: str,
    hint: str,
    column: str | None,
    where: tuple[int, list[int]],
    **details: str | int | list[str] | list[int],
) -> Finding:
    count, rows = where
    return Finding(
        code=code,
        severity="warning",
        message=message,
        hint=hint,
        column=column,
        count=count,
        rows=rows,
        details=dict(details),
    )


def _info(
    code: str,
    message: str,
    hint: str,
    column: str | None,
    where: tuple[int, list[int]],
    **details: str | int | list[str] | list[int],
) -> Finding:
    return _warning(code, message, hint, column, where, **details).model_copy(update={"severity": "info"})
