"""Column names: every column gets one, no two are alike."""

import re
from collections.abc import Sequence

from tuneyard_worker.data.facts import Facts

INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\xa0 \t\r\n\x00"


def name_columns(cells: Sequence[str], facts: Facts) -> list[str]:
    """Names from header cells; blank and repeated ones are made up, with a finding. Case alone is no difference."""
    names: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        wanted = re.sub(r"[\r\n\x00]+", " ", cell.strip(INVISIBLE))
        name = _free(wanted or f"column_{number}", taken)
        taken.add(name.casefold())
        names.append(name)
        if not wanted:
            message = f"Column {number} has no name, so it is called '{name}'."
            facts.warn("blank_column_name", message, column=name, details={"number": number})
        elif name != wanted:
            facts.warn(
                "repeated_column_name",
                f"There is more than one column called '{wanted}', so column {number} is called '{name}'.",
                "Give each column its own name.",
                column=name,
                details={"name": wanted, "number": number},
            )
    return names


def made_up_names(count: int) -> list[str]:
    """`column_1`, `column_2` … for a table without a header."""
    return [f"column_{number}" for number in range(1, count + 1)]


def _free(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate.casefold() in taken:
        candidate, number = f"{name}_{number}", number + 1
    return candidate
