"""Readings that could be others: chosen, and asked about."""

from tuneyard.specs.dataset import Question
from tuneyard_worker.data.facts import Facts


def ask_about_header(first: list[str], header: bool, facts: Facts) -> None:
    """Is the first row a header?"""
    cells = [cell[:40] for cell in first[:4]]
    reading = "names of the columns" if header else "data, and the columns got names of their own"
    chosen, other = ("true", "false") if header else ("false", "true")
    facts.questions.append(
        Question(
            code="header",
            message=f"Is the first row a header? It says: {', '.join(cells)}. It was read as {reading}.",
            chosen=chosen,
            alternatives=[other],
            details={"cells": cells},
        )
    )


def ask_about_lead(skipped: int, count: int, first: str, where: str, facts: Facts) -> None:
    """Does the table begin below `count` lines that do not look like rows? `first` is what the first of them says."""
    facts.questions.append(
        Question(
            code="comment",
            message=f"The table seems to begin {where}: {first[:80]}",
            chosen=str(skipped),
            alternatives=["0"],
            details={"line": skipped + 1, "count": count, "text": first[:80]},
        )
    )
