"""Repairs that lose no meaning: what each would do to a table, and the table with those that were chosen done."""

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection
from pathlib import Path

import duckdb

from tuneyard.specs.dataset import Profile
from tuneyard.specs.repairs import Repair, RepairCount, RepairRecord, RepairRequest
from tuneyard.specs.tasks import ColumnMapping, Role, columns_of
from tuneyard_worker.data.columns import is_blank
from tuneyard_worker.data.file_lines import FileLines
from tuneyard_worker.data.findings import ENTITY, MOST_LABELS_COMPARED
from tuneyard_worker.data.passes import Passes, Tell
from tuneyard_worker.data.reading import TableReading
from tuneyard_worker.data.sentences import Sentence
from tuneyard_worker.data.staging import LONGEST_RAW_CHARS, PARQUET, count_rows, identifier, literal, parquet_with
from tuneyard_worker.failures import JobFailure

# Not the joiners U+200C and U+200D, which Persian, Indic scripts and emoji are written with.
INVISIBLE = r"'[\x{01}-\x{08}\x{0e}-\x{1f}\x{7f}\x{ad}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}\x{feff}]'"
BREAKS = r"'[\x{0b}\x{0c}]'"
HTML_ENTITY = re.compile(ENTITY.strip("'"))
MOST_EXAMPLES = 5
# Changing cells, finding what is to be removed, and writing what stays, what goes and what was rejected.
PASSES_OF_ROWS = 5
NO_TEXT = Sentence("It has no text.", "no_text")
NO_LABEL = Sentence("It has no label.", "no_label")
REPEATS = Sentence("It repeats row {row} exactly.", "repeats_row")
REMOVALS = {
    Repair.REMOVE_WITHOUT_TEXT: NO_TEXT,
    Repair.REMOVE_WITHOUT_LABEL: NO_LABEL,
    Repair.REMOVE_DUPLICATES: REPEATS,
}


class Repairs:
    """The repairs of one Parquet table, given the columns that hold texts and the label."""

    def __init__(
        self, database: duckdb.DuckDBPyConnection, data: Path, columns: list[str], roles: ColumnMapping
    ) -> None:
        # Functions can't be defined on a connection whose last result was not fetched whole.
        self._database = database.cursor()
        self._data = data
        self._columns = columns
        self._texts = columns_of(roles, Role.TEXT)
        self._label = next(iter(columns_of(roles, Role.LABEL)), None)
        # In a table with a message a row, who says "yes" twice in a conversation says it to two questions.
        kept = {Repair.REMOVE_DUPLICATES} if columns_of(roles, Role.CONVERSATION) else set()
        self._offered = [repair for repair in REMOVALS if repair not in kept]
        self._spellings = self._usual_spellings()
        _define(self._database, "decoded", _decoded)
        _define(self._database, "usual", lambda value: self._spellings.get(value, value))
        self._passes = Passes(self._database, len(Repair), lambda _: None)

    def offers(self) -> list[RepairCount]:
        """Those that would change something, each counted as if it were the only one."""
        removed = self._removals(self._data, self._offered, "offered")
        removals = [self._counted(repair, removed[repair]) for repair in self._offered]
        return [count for count in [*self._changed_cells(list(Repair)), *removals] if count.rows]

    def apply(self, chosen: Collection[Repair], folder: Path, scratch: Path, tell: Tell) -> list[RepairCount]:
        """Write `data.parquet`, an empty `rejects.parquet` and `removed.parquet` into `folder`; what was done."""
        cells = [repair for repair in chosen if repair not in REMOVALS]
        self._passes = Passes(self._database, len(cells) + PASSES_OF_ROWS, tell)
        done = [count for count in self._changed_cells(cells) if count.rows]
        changed = scratch / "changed.parquet"
        repaired = ", ".join(f"{self._cell(name, chosen)} AS {identifier(name)}" for name in self._columns)
        self._copy(f"SELECT {repaired} FROM {_rows(self._data)}", changed)
        removed = self._removals(changed, [repair for repair in REMOVALS if repair in chosen], "removed")
        done += [self._counted(repair, rows) for repair, rows in removed.items() if rows]
        names = ", ".join(identifier(name) for name in self._columns)
        kept = "file_row_number + 1 NOT IN (SELECT row FROM removed)"
        rows = f"SELECT {names} FROM {_rows(changed)} WHERE {kept} ORDER BY file_row_number"
        self._copy(rows, folder / "data.parquet", parquet_with(self._lines_left()))
        changed.unlink()
        self._copy(self._removed_rows(), folder / "removed.parquet")
        self._copy(f"{self._removed_rows()} LIMIT 0", folder / "rejects.parquet")
        return done

    def _changed_cells(self, repairs: Collection[Repair]) -> list[RepairCount]:
        conditions = [
            (Repair.DECODE_ENTITIES, self._texts, _has_entity),
            (Repair.REMOVE_INVISIBLE, self._texts, _hides),
        ]
        counts = [
            RepairCount(repair=repair, rows=self._count(" OR ".join(map(condition, names))), columns=names)
            for repair, names, condition in conditions
            if names and repair in repairs
        ]
        if self._label is not None and self._spellings and Repair.UNIFY_LABELS in repairs:
            spelled = ", ".join(map(literal, self._spellings))
            examples = [f"{value} → {usual}" for value, usual in self._spellings.items()][:MOST_EXAMPLES]
            rows = self._count(f"{identifier(self._label)} IN ({spelled})")
            unified = RepairCount(repair=Repair.UNIFY_LABELS, rows=rows, columns=[self._label], examples=examples)
            counts.append(unified)
        return counts

    def _count(self, condition: str) -> int:
        found = self._passes.run(f"SELECT count(*) FROM {_rows(self._data)} WHERE {condition}").fetchone()
        return int(found[0]) if found else 0

    def _counted(self, repair: Repair, rows: int) -> RepairCount:
        columns = {Repair.REMOVE_WITHOUT_TEXT: self._texts, Repair.REMOVE_WITHOUT_LABEL: [self._label or ""]}
        return RepairCount(repair=repair, rows=rows, columns=columns.get(repair, []))

    def _cell(self, name: str, chosen: Collection[Repair]) -> str:
        cell = identifier(name)
        if name in self._texts:
            if Repair.DECODE_ENTITIES in chosen:
                cell = f"CASE WHEN {_has_entity(name)} THEN decoded({cell}) ELSE {cell} END"
            if Repair.REMOVE_INVISIBLE in chosen:
                cell = f"regexp_replace(regexp_replace({cell}, {BREAKS}, ' ', 'g'), {INVISIBLE}, '', 'g')"
        if name == self._label and self._spellings and Repair.UNIFY_LABELS in chosen:
            cell = f"usual({cell})"
        return cell

    def _removals(self, data: Path, repairs: Collection[Repair], table: str) -> dict[Repair, int]:
        """Make a table of row, code of the reason and the row it repeats; how many rows each repair removes."""
        no_text = " AND ".join(is_blank(identifier(name)) for name in self._texts) or "false"
        no_label = is_blank(identifier(self._label)) if self._label is not None else "false"
        cells = ", ".join(identifier(name) for name in self._columns)
        conditions = {
            Repair.REMOVE_WITHOUT_TEXT: "no_text",
            Repair.REMOVE_WITHOUT_LABEL: "no_label",
            Repair.REMOVE_DUPLICATES: "NOT no_text AND earlier < row",
        }
        cases = " ".join(f"WHEN {conditions[repair]} THEN {literal(REMOVALS[repair].code)}" for repair in repairs)
        code = f"CASE {cases} END" if cases else "NULL::VARCHAR"
        self._passes.run(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT row, earlier, code FROM (SELECT *, {code} AS code FROM ("
            f"SELECT row, no_text, no_label, min(row) OVER (PARTITION BY h) AS earlier FROM ("
            f"SELECT file_row_number + 1 AS row, hash({cells}) AS h, {no_text} AS no_text, {no_label} AS no_label "
            f"FROM {_rows(data)}))) WHERE code IS NOT NULL"
        )
        found = dict(self._database.execute(f"SELECT code, count(*) FROM {table} GROUP BY code").fetchall())
        return {repair: int(found.get(REMOVALS[repair].code, 0)) for repair in repairs}

    def _removed_rows(self) -> str:
        """The removed rows as they stood in the repaired version, in the shape of rejects."""
        quoted = ", ".join(f"""'"' || replace({identifier(name)}, '"', '""') || '"'""" for name in self._columns)
        reasons = " ".join(f"WHEN {literal(said.code)} THEN {literal(said.text)}" for said in REMOVALS.values())
        details = f"CASE code WHEN {literal(REPEATS.code)} THEN '{{\"row\": ' || earlier || '}}' ELSE '{{}}' END"
        return (
            f"SELECT row AS line, left(concat_ws(',', {quoted}), {LONGEST_RAW_CHARS}) AS raw, "
            f"replace(CASE code {reasons} END, '{{row}}', earlier::VARCHAR) AS reason, code, {details} AS details "
            f"FROM {_rows(self._data)} JOIN removed ON row = file_row_number + 1 ORDER BY row"
        )

    def _lines_left(self) -> FileLines:
        removed = self._database.execute("SELECT row FROM removed ORDER BY row").fetchall()
        return FileLines.read(self._database, self._data).without(row for (row,) in removed)

    def _copy(self, query: str, target: Path, options: str = PARQUET) -> None:
        self._passes.run(f"COPY ({query}) TO {literal(target)} ({options})")

    def _usual_spellings(self) -> dict[str, str]:
        """For labels that differ only in case, spaces and what can't be seen: the most frequent spelling."""
        if self._label is None:
            return {}
        cell = identifier(self._label)
        found = self._database.execute(
            f"SELECT {cell} FROM {_rows(self._data)} WHERE NOT {is_blank(cell)} GROUP BY 1 ORDER BY count(*) DESC, 1 "
            f"LIMIT {MOST_LABELS_COMPARED + 1}"
        ).fetchall()
        if len(found) > MOST_LABELS_COMPARED:
            return {}
        groups: dict[str, list[str]] = defaultdict(list)
        for (value,) in found:
            groups[_seen(value).casefold()].append(value)
        return {
            value: _seen(group[0])
            for group in groups.values()
            if len(group) > 1
            for value in group
            if value != _seen(group[0])
        }


def repaired_table(
    database: duckdb.DuckDBPyConnection,
    request: RepairRequest,
    artifact: Path,
    scratch: Path,
    tell: Callable[[int, int], None],
) -> tuple[TableReading, RepairRecord]:
    """The rows of a version with the chosen repairs done, as if they were read; raises JobFailure if none is left.

    `tell` hears how many rows are done, of how many.
    """
    profile = Profile.model_validate_json((request.version / "profile.json").read_bytes())
    columns = [column.name for column in profile.columns]
    source = request.version / "data.parquet"
    repairs = Repairs(database, source, columns, profile.suggested_columns)
    done = repairs.apply(
        request.repairs, artifact, scratch, lambda share: tell(round(share * profile.rows), profile.rows)
    )
    rows = count_rows(database, artifact / "data.parquet")
    if not rows:
        raise JobFailure("nothing_left", "No row is left after these repairs.", "Choose fewer of them.")
    reading = TableReading(
        parquet=artifact / "data.parquet",
        rejects=artifact / "rejects.parquet",
        rows=rows,
        columns=columns,
        rejected_rows=0,
        blank_rows=0,
        format=profile.format,
        encoding=profile.encoding,
        delimiter=profile.delimiter,
        quote=profile.quote,
        header=profile.header,
        sheet=profile.sheet,
        findings=[],
        questions=[],
    )
    removed = count_rows(database, artifact / "removed.parquet")
    return reading, RepairRecord(version=request.number, done=done, removed_rows=removed)


def _rows(data: Path) -> str:
    return f"read_parquet({literal(data)}, file_row_number=true)"


def _has_entity(name: str) -> str:
    return f"(contains({identifier(name)}, '&') AND regexp_matches({identifier(name)}, {ENTITY}))"


def _hides(name: str) -> str:
    cell = identifier(name)
    return f"(regexp_matches({cell}, {INVISIBLE}) OR regexp_matches({cell}, {BREAKS}))"


def _decoded(text: str) -> str:
    return HTML_ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def _seen(label: str) -> str:
    """A label without what can't be seen, and with single spaces."""
    return " ".join("".join(char for char in label if unicodedata.category(char) != "Cf").split())


def _define(database: duckdb.DuckDBPyConnection, name: str, function: Callable[[str], str]) -> None:
    database.create_function(name, function, ["VARCHAR"], "VARCHAR")
