"""Texts with blanks, as `A question about {{product}}:`, filled from the columns of a row. Nothing of them is run."""

import re
from collections.abc import Mapping

BLANK = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)


def blanks(template: str) -> list[str]:
    """The columns that a template names, each once, in order."""
    return list(dict.fromkeys(BLANK.findall(template)))


def filled(template: str, row: Mapping[str, str | None]) -> str:
    """The template with the cells of a row; what an empty cell leaves is empty, and blanks in cells stay."""
    return BLANK.sub(lambda blank: row[blank[1]] or "", template)
