"""What each column holds: counted by SQL over the Parquet file, so the table may be larger than memory."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from tuneyard.specs.dataset import ColumnType, LengthBin, LengthStats, ValueCount
from tuneyard_worker.data.lines import Progress
from tuneyard_worker.data.staging import identifier, literal
from tuneyard_worker.data.vocabulary import DATE_NAMES, ID_NAMES, hints_at

# Every count of different values holds a hash table of its own, so not too many columns are counted at once.
COLUMNS_AT_ONCE = 6
MOST_TOP_VALUES = 100
MOST_BARS = 20
SHOWN_CHARS = 200
MOST_EXAMPLES = 5
MOST_CATEGORIES = 200
SHORT_CHARS = 64
LONGEST_CATEGORY = 100
# Beyond this many different values the most frequent ones tell little and cost much memory.
MOST_COUNTED = 2_000_000

VISIBLE = r"'[^\s\x0b\x{a0}\x{3000}\x{200b}\x{feff}]'"
INTEGER = r"'^[+-]?(0|[1-9][0-9]{0,17})$'"
NUMBER = r"'^[+-]?([0-9]+([.,][0-9]+)?|[.][0-9]+)([eE][+-]?[0-9]+)?%?$'"
DATE = (
    r"'^([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4}|[0-9]{2})"
    r"|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日)([T ,].{0,30})?$'"
)
BOOLEAN = "('true', 'false', 'yes', 'no', 'y', 'n', 't', 'f', '是', '否')"
CODE = r"'^[A-Za-z0-9_:./#-]*[0-9][A-Za-z0-9_:./#-]*$'"
ADDRESS = r"'^(https?://\S+|[^@\s]+@[^@\s]+\.[^@\s]+)$'"


@dataclass(frozen=True)
class Kinds:
    """How many cells look like what."""

    integers: int
    numbers: int
    booleans: int
    dates: int
    codes: int
    addresses: int
    spaced: int  # with a space inside, or too long for a code
    zero_led: int


@dataclass(frozen=True)
class ColumnStats:
    """Counts over the cells of one column; all but `missing` leave out blank ones."""

    name: str
    rows: int
    missing: int
    distinct: int
    lengths: LengthStats | None
    kinds: Kinds
    type: ColumnType = ColumnType.TEXT
    examples: tuple[str, ...] = ()
    top_values: tuple[ValueCount, ...] = ()

    @property
    def filled(self) -> int:
        return self.rows - self.missing


def is_filled(cell: str) -> str:
    """The SQL condition that a cell holds more than spaces and what looks like them."""
    return f"regexp_matches({cell}, {VISIBLE})"


def is_blank(cell: str) -> str:
    """The SQL condition that a cell holds nothing that can be seen."""
    return f"NOT regexp_matches({cell}, {VISIBLE})"


def measure_columns(
    database: duckdb.DuckDBPyConnection, data: Path, names: list[str], progress: Progress
) -> list[ColumnStats]:
    """Counts, type, examples and most frequent values of every column."""
    found: list[ColumnStats] = []
    for start in range(0, len(names), COLUMNS_AT_ONCE):
        some = names[start : start + COLUMNS_AT_ONCE]
        found.extend(_measure(database, data, some))
        progress(len(found) / len(names))
    return found


def _measure(database: duckdb.DuckDBPyConnection, data: Path, names: list[str]) -> list[ColumnStats]:
    cells = [(f"c{index}", identifier(name)) for index, name in enumerate(names)]
    # Whether a cell is filled and how long it is are asked for often, so they are worked out once.
    prepared = ", ".join(
        f"{cell} AS {c}, {is_filled(cell)} AS {c}f, CASE WHEN {is_filled(cell)} THEN length({cell}) END AS {c}n"
        for c, cell in cells
    )
    counts = ", ".join(_counts(c) for c, _ in cells)
    row = database.execute(
        f"SELECT count(*), {counts} FROM (SELECT {prepared} FROM read_parquet({literal(data)}))"
    ).fetchone()
    found = row or ()
    width = (len(found) - 1) // len(names)
    return [
        _stats(database, data, name, int(found[0]), found[1 + index * width : 1 + (index + 1) * width])
        for index, name in enumerate(names)
    ]


def _counts(c: str) -> str:
    """Aggregates of one column. CASE, because AND would look for patterns in long cells too."""

    def short(condition: str) -> str:
        return f"count(*) FILTER (CASE WHEN {c}n <= {SHORT_CHARS} THEN {condition} ELSE false END)"

    return ", ".join(
        [
            f"count(*) FILTER ({c}f)",
            f"count(DISTINCT hash({c})) FILTER ({c}f)",
            short(f"regexp_matches({c}, {INTEGER})"),
            short(f"regexp_matches({c}, {NUMBER})"),
            short(f"lower({c}) IN {BOOLEAN}"),
            short(f"regexp_matches({c}, {DATE})"),
            short(f"regexp_matches({c}, {CODE})"),
            f"count(*) FILTER (CASE WHEN {c}n <= 500 THEN regexp_matches({c}, {ADDRESS}) ELSE false END)",
            f"count(*) FILTER (CASE WHEN {c}n <= {SHORT_CHARS} THEN contains(trim({c}), ' ') ELSE {c}f END)",
            short(f"regexp_matches({c}, '^0[0-9]+$')"),
            f"min({c}n)",
            f"avg({c}n)",
            f"approx_quantile({c}n, 0.5)",
            f"approx_quantile({c}n, 0.95)",
            f"max({c}n)",
        ]
    )


def _stats(
    database: duckdb.DuckDBPyConnection, data: Path, name: str, rows: int, counts: tuple[int | float, ...]
) -> ColumnStats:
    filled, distinct, *kinds = (int(count) for count in counts[:10])
    lengths = None
    if filled:
        shortest, mean, median, p95, longest = counts[10:]
        lengths = LengthStats(
            shortest=int(shortest),
            mean=round(float(mean), 1),
            median=float(median),
            p95=float(p95),
            longest=int(longest),
        )
    stats = ColumnStats(name, rows, rows - filled, distinct, lengths, Kinds(*kinds))
    stats = replace(stats, type=type_of(stats))
    if not filled:
        return stats
    examples, top_values = _examples(database, data, name), _top_values(database, data, stats)
    measured = stats.lengths and stats.lengths.model_copy(
        update={"histogram": _histogram(database, data, name, stats.lengths)}
    )
    return replace(stats, examples=tuple(examples), top_values=tuple(top_values), lengths=measured)


def type_of(stats: ColumnStats) -> ColumnType:
    """The type that all cells of the column share."""
    filled, kinds = stats.filled, stats.kinds
    if filled == 0 or stats.lengths is None:
        return ColumnType.EMPTY
    repeats = stats.distinct <= min(MOST_CATEGORIES, filled / 2) or stats.distinct <= min(20, filled - 1)
    rules = (
        (kinds.dates == filled or (kinds.dates >= 0.95 * filled and hints_at(stats.name, DATE_NAMES)), ColumnType.DATE),
        (_is_identifier(stats), ColumnType.IDENTIFIER),
        (kinds.booleans == filled, ColumnType.BOOLEAN),
        (kinds.integers == filled, ColumnType.INTEGER),
        (kinds.numbers == filled and kinds.zero_led == 0, ColumnType.NUMBER),
        (repeats and stats.lengths.p95 <= LONGEST_CATEGORY, ColumnType.CATEGORY),
    )
    return next((kind for holds, kind in rules if holds), ColumnType.TEXT)


def _is_identifier(stats: ColumnStats) -> bool:
    """Whether the cells name rows: codes that are all different, or addresses."""
    filled, kinds = stats.filled, stats.kinds
    named = hints_at(stats.name, ID_NAMES)
    if kinds.addresses >= 0.9 * filled:
        return True
    if kinds.spaced:
        return False
    if named and stats.distinct > 0.9 * filled:
        return True
    # Decimal numbers may well be all different and yet be measurements.
    return stats.distinct == filled == kinds.codes and filled >= 20 and kinds.numbers == kinds.integers


def _top_values(database: duckdb.DuckDBPyConnection, data: Path, stats: ColumnStats) -> list[ValueCount]:
    all_different = stats.distinct == stats.filled > MOST_TOP_VALUES
    if all_different or stats.distinct > MOST_COUNTED:
        return []
    cell = identifier(stats.name)
    found = database.execute(
        f"SELECT left(min({cell}), {SHOWN_CHARS}), count(*) AS n FROM read_parquet({literal(data)}) "
        f"WHERE {is_filled(cell)} GROUP BY hash({cell}) "
        f"ORDER BY n DESC, 1 LIMIT {MOST_TOP_VALUES}"
    ).fetchall()
    return [ValueCount(value=value, count=count) for value, count in found]


def _examples(database: duckdb.DuckDBPyConnection, data: Path, name: str) -> list[str]:
    cell = identifier(name)
    found = database.execute(
        f"SELECT left({cell}, {SHOWN_CHARS}) FROM read_parquet({literal(data)}) "
        f"WHERE {is_filled(cell)} LIMIT {4 * MOST_EXAMPLES}"
    ).fetchall()
    return list(dict.fromkeys(value for (value,) in found))[:MOST_EXAMPLES]


def _histogram(database: duckdb.DuckDBPyConnection, data: Path, name: str, lengths: LengthStats) -> list[LengthBin]:
    """Cells by length in equal steps up to the 95th percentile; the last bar takes all that are longer."""
    width = max(1, math.ceil((lengths.p95 - lengths.shortest + 1) / (MOST_BARS - 1)))
    last = min(MOST_BARS - 1, (lengths.longest - lengths.shortest) // width)
    cell = identifier(name)
    found = database.execute(
        f"SELECT least((length({cell}) - {lengths.shortest}) // {width}, {last}) AS bar, count(*) "
        f"FROM read_parquet({literal(data)}) WHERE {is_filled(cell)} GROUP BY bar"
    ).fetchall()
    counts = {int(bar): int(count) for bar, count in found}
    starts = [lengths.shortest + bar * width for bar in range(last + 1)]
    return [
        LengthBin(
            shortest=start,
            longest=lengths.longest if bar == last else start + width - 1,
            count=counts.get(bar, 0),
        )
        for bar, start in enumerate(starts)
    ]
