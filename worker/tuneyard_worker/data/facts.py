"""What a reader of one format found out about a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tuneyard.specs.dataset import Finding, Question

MOST_ROWS_NAMED = 100
LINES_NAMED = 10

Format = Literal["csv", "excel", "json", "jsonl", "parquet", "conll"]


@dataclass
class Facts:
    """How a table was read; its rows are in the stage."""

    format: Format
    columns: list[str]
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    sheet: str | None = None
    blank_rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def warn(self, code: str, message: str, hint: str | None = None, **fields: object) -> None:
        """Add a warning to the repair report; `fields` are those of Finding."""
        self.findings.append(
            Finding.model_validate({"code": code, "severity": "warning", "message": message, "hint": hint} | fields)
        )

    def note(self, code: str, message: str, hint: str | None = None, **fields: object) -> None:
        """Add a remark to the repair report; `fields` are those of Finding."""
        self.findings.append(
            Finding.model_validate({"code": code, "severity": "info", "message": message, "hint": hint} | fields)
        )

    def tell_bytes(
        self,
        damaged: Iterable[int],
        nuls: Iterable[int],
        *,
        damaged_rows: Sequence[int] = (),
        nul_rows: Sequence[int] = (),
    ) -> None:
        """Warn of lines with bytes that mean nothing, and of lines with NULs; rows are named where they are known."""
        if lines := sorted(set(damaged)):
            self.warn(
                "undecodable_bytes",
                f"On {listed(lines, 'line')} there are bytes that mean nothing in {self.encoding}; each is "
                "shown as \ufffd.",
                "Correct these cells, or choose another encoding if many texts look wrong.",
                count=len(lines),
                details={"lines": lines[:LINES_NAMED], "encoding": self.encoding or ""},
                rows=list(damaged_rows[:MOST_ROWS_NAMED]),
            )
        if lines := sorted(set(nuls)):
            self.warn(
                "nul_characters",
                f"NUL characters were removed on {listed(lines, 'line')}.",
                count=len(lines),
                details={"lines": lines[:LINES_NAMED]},
                rows=list(nul_rows[:MOST_ROWS_NAMED]),
            )


def counted(count: int, thing: str, plural: str | None = None) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{count:,} {thing if count == 1 else plural or thing + 's'}"


def listed(numbers: Iterable[int], thing: str, total: int | None = None) -> str:
    """`line 3`, `lines 3, 4 and 9`, `lines 3, 4, … and 12 more`; `total` where `numbers` are but the first of them."""
    found = list(numbers)
    total = total or len(found)
    if total == 1:
        return f"{thing} {found[0]:,}"
    if total > LINES_NAMED:
        shown = ", ".join(f"{number:,}" for number in found[:LINES_NAMED])
        return f"{thing}s {shown} and {total - LINES_NAMED:,} more"
    return f"{thing}s {', '.join(f'{number:,}' for number in found[:-1])} and {found[-1]:,}"
