"""What is known of a dataset version: `profile.json`."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from tuneyard.specs.base import Spec
from tuneyard.specs.tasks import ColumnMapping, Role, Task


class ColumnType(StrEnum):
    TEXT = "text"
    CATEGORY = "category"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    IDENTIFIER = "identifier"
    EMPTY = "empty"


class ValueCount(Spec):
    value: str = Field(description="The text of the cell.")
    count: int = Field(description="How many cells have it.")


class LengthStats(Spec):
    """Lengths of the non-empty cells in characters."""

    shortest: int = Field(description="Characters of the shortest cell.")
    mean: float = Field(description="Characters on average.")
    median: float = Field(description="Half of the cells are no longer.")
    p95: float = Field(description="95 % of the cells are no longer.")
    longest: int = Field(description="Characters of the longest cell.")


class ColumnProfile(Spec):
    name: str = Field(description="Name of the column.")
    type: ColumnType = Field(description="What its cells hold.")
    suggested_role: Role | None = Field(None, description="What it would be used for; null for nothing.")
    reason: str = Field(description="Why this type and role, in one sentence.")
    missing: int = Field(description="Empty or blank cells.")
    distinct: int = Field(description="Different values, empty ones not counted.")
    examples: list[str] = Field(description="Up to 5 cells, each cut at 200 characters.")
    top_values: list[ValueCount] = Field(
        description="Up to 100 most frequent non-empty values, each cut at 200 characters."
    )
    lengths: LengthStats | None = Field(None, description="How long its cells are.")


class Finding(Spec):
    """One line of the repair report."""

    code: str = Field(
        description="missing_label, missing_text, duplicate_rows, conflicting_labels, similar_labels, rare_classes …"
    )
    severity: Literal["info", "warning", "question"] = Field(description="How much it matters.")
    message: str = Field(description="In plain words, with the counts.")
    hint: str | None = Field(None, description="What to do about it.")
    column: str | None = Field(None, description="The column it is about.")
    count: int = Field(0, description="How many rows or values it concerns.")
    rows: list[int] = Field([], description="Up to 100 row numbers; the first data row is 1.")


class Question(Spec):
    """A reading that is ambiguous; answered by ingesting again with other ReadingOptions.

    `chosen` and `alternatives` are values of an option: `header` of header (`true`, `false`), `encoding` of encoding,
    `delimiter` of delimiter, `comment` of skip_lines (how many lines above the header are passed over).
    """

    code: Literal["header", "encoding", "delimiter", "comment"] = Field(description="What is not certain.")
    message: str = Field(description="The question, in plain words.")
    chosen: str = Field(description="How it was read.")
    alternatives: list[str] = Field(description="How else it could be read.")


class Profile(Spec):
    rows: int
    columns: list[ColumnProfile]
    rejected_rows: int
    blank_rows: int = Field(0, description="Rows of only empty cells, skipped and counted.")
    format: Literal["csv", "excel", "json", "jsonl", "parquet", "conll"]
    encoding: str | None
    delimiter: str | None
    quote: str | None = None
    header: bool | None
    suggested_task: Task | None
    suggested_columns: ColumnMapping
    suggestion_reason: str = Field(description="One sentence: why these columns, or what is missing.")
    findings: list[Finding]
    questions: list[Question]
