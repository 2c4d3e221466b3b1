"""Is the first row a header? Decided by what the rows below it look like."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tuneyard_worker.data.vocabulary import is_known_name

SAMPLE_ROWS = 500
NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|\.\d+)([eE][+-]?\d+)?%?")
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d{2}.*)?")
SENTENCE_END = re.compile(r"[.?!。？！…]$")
LONG_CELL = 60


@dataclass(frozen=True)
class HeaderGuess:
    """`sure` is False where a person should be asked."""

    header: bool
    sure: bool


def guess_header(rows: Sequence[Sequence[str]]) -> HeaderGuess:
    """Weigh the first row of `rows` against the others."""
    first, rest = rows[0], [row for row in rows[1 : SAMPLE_ROWS + 1] if any(row)]
    if not rest:
        known = sum(is_known_name(cell) for cell in first)
        return HeaderGuess(header=known > 0 and known * 2 >= len(first), sure=False)
    score = sum(_column_evidence(first[index], _below(rest, index)) for index in range(len(first)))
    if len({cell.strip().casefold() for cell in first if cell.strip()}) == len(first) > 1:
        score += 0.5
    return HeaderGuess(header=score > 0, sure=score >= 1.5)


def _below(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index].strip() for row in rows if index < len(row) and row[index].strip()]


def _column_evidence(name: str, below: list[str]) -> float:
    """Positive where `name` stands out from the cells below it as a name would."""
    name = name.strip()
    if not name:
        return 0.0 if not below else -0.25
    if _typed(name):
        return -3.0
    score = 2.0 if is_known_name(name) else 0.0
    if below and all(_typed(cell) for cell in below):
        return score + 3.0
    if name in below or len(name) > LONG_CELL or "\n" in name:
        return score - 2.0
    if SENTENCE_END.search(name):
        return score - 1.5
    if len(below) >= 10 and len(set(below)) <= len(below) // 5:
        score += 1.5  # a column of few values, and this is none of them
    mean = sum(map(len, below)) / len(below) if below else 0.0
    return score + (0.75 if mean > 3 * len(name) and " " not in name else 0.0)


def _typed(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None or DATE.fullmatch(cell) is not None
