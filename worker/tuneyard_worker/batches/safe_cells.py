"""Cells that a spreadsheet program shows and never runs."""

import re

NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?\s?%?")
FORMULA_STARTS = frozenset("=+-@＝＋－＠")


def safe_cell(cell: str) -> str:
    """The cell with `'` before it if a spreadsheet might take it for a formula; plain numbers stay as they are."""
    if not cell or (cell[0] not in FORMULA_STARTS and ord(cell[0]) >= 32):
        return cell
    return cell if NUMBER.fullmatch(cell) else f"'{cell}"
