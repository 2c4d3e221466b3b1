"""What in the rows of a table of conversations can't be learnt from, by the rules of a conversation."""

from collections import defaultdict, deque
from collections.abc import Iterator

import duckdb

from tuneyard.specs.dataset import Finding
from tuneyard.specs.tasks import ColumnMapping
from tuneyard_worker.data.conversations import AUTHOR_UNKNOWN, Cells, Problem, Shape
from tuneyard_worker.data.facts import MOST_ROWS_NAMED, counted
from tuneyard_worker.data.file_lines import FileLines, Place
from tuneyard_worker.data.staging import identifier

ROWS_AT_ONCE = 2_000


def find_chat_problems(
    database: duckdb.DuckDBPyConnection, source: str, columns: ColumnMapping, lines: FileLines
) -> list[Finding]:
    """A finding for each kind of problem, with its rows; the most frequent first."""
    shape = Shape(columns)
    problems: list[Problem] = []
    # Only what is wrong with them is kept: the conversations may be too many to hold.
    deque(shape.each(rows_of(database, source, shape.names), problems), maxlen=0)
    groups: dict[str, list[Problem]] = defaultdict(list)
    for problem in sorted(problems, key=lambda problem: problem.row):
        groups[problem.reason.code].append(problem)
    return [_finding(group, lines) for group in sorted(groups.values(), key=len, reverse=True)]


def rows_of(database: duckdb.DuckDBPyConnection, source: str, names: list[str]) -> Iterator[Cells]:
    """The rows of some columns, in the order of the file."""
    chosen = ", ".join(map(identifier, names))
    result = database.execute(f"SELECT {chosen} FROM {source} ORDER BY file_row_number")
    while rows := result.fetchmany(ROWS_AT_ONCE):
        for row in rows:
            yield dict(zip(names, row, strict=True))


def _finding(problems: list[Problem], lines: FileLines) -> Finding:
    first = problems[0]
    if first.reason.code == AUTHOR_UNKNOWN:
        return _strangers(problems, lines)
    rows, others = counted(len(problems), "row"), sum(problem.others for problem in problems)
    place = lines.place_of(first.row)
    places = lines.place_of(*(problem.row for problem in problems)) if len(problems) > 1 else Place()
    them = f"{rows}{places.text} can't be learnt from"
    if others:
        them += f", nor can {counted(others, 'other row')} of the same conversations"
    return Finding(
        code="not_a_conversation",
        severity="warning",
        message=f"{them}. Row {first.row:,}{place.text}: {first.reason.text}",
        hint="Correct them, or they are left out of training.",
        count=len(problems),
        rows=[problem.row for problem in problems[:MOST_ROWS_NAMED]],
        details={"row": first.row, "reason": first.reason.code}
        | ({"others": others} if others else {})
        | place.details
        | places.details
        | first.reason.details,
    )


def _strangers(problems: list[Problem], lines: FileLines) -> Finding:
    """Names of people, as of those who answer tickets: who of them answers has to be said."""
    first, rows = problems[0], counted(len(problems), "row")
    place, author = lines.place_of(first.row), first.reason.details["author"]
    return Finding(
        code="authors_unknown",
        severity="warning",
        message=f"Of the authors of {rows} nobody knows whether they ask or answer, as '{author}' in row "
        f"{first.row:,}{place.text}.",
        hint="Choose who answers when you fine-tune.",
        count=len(problems),
        rows=[problem.row for problem in problems[:MOST_ROWS_NAMED]],
        details={"row": first.row, "author": author} | place.details,
    )
