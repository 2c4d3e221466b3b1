"""What is known of a dataset version: `profile.json`."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from tuneyard.specs.base import Spec
from tuneyard.specs.tasks import Role, Task


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
    value: str
    count: int


class LengthStats(Spec):
    """Lengths of the non-empty cells in characters."""

    shortest: int
    mean: float
    median: float
    p95: float
    longest: int


class ColumnProfile(Spec):
    name: str
    type: ColumnType
    suggested_role: Role | None = None
    reason: str = Field(description="Why this type and role, in one sentence.")
    missing: int = Field(description="Empty or blank cells.")
    distinct: int
    examples: list[str] = Field(description="Up to 5 cells, each cut at 200 characters.")
    top_values: list[ValueCount] = Field(
        description="Up to 100 most frequent non-empty values, each cut at 200 characters."
    )
    lengths: LengthStats | None = None


class Finding(Spec):
    """One line of the repair report."""

    code: str = Field(
        description="missing_label, missing_text, duplicate_rows, conflicting_labels, similar_labels, rare_classes …"
    )
    severity: Literal["info", "warning", "question"]
    message: str = Field(description="In plain words, with the counts.")
    hint: str | None = None
    column: str | None = None
    count: int = 0
    rows: list[int] = Field([], description="Up to 100 row numbers; the first data row is 1.")


class Question(Spec):
    """A reading that is ambiguous; answered by ingesting again with other ReadingOptions."""

    code: Literal["header", "encoding", "delimiter", "comment"]
    message: str
    chosen: str
    alternatives: list[str]


class Profile(Spec):
    rows: int
    columns: list[ColumnProfile]
    rejected_rows: int
    blank_rows: int = Field(0, description="Rows of only empty cells, skipped and counted.")
    format: Literal["csv", "excel", "json", "jsonl", "parquet"]
    encoding: str | None
    delimiter: str | None
    quote: str | None = None
    header: bool | None
    suggested_task: Task | None
    suggested_columns: dict[Role, str]
    suggestion_reason: str = Field(description="One sentence: why these columns, or what is missing.")
    findings: list[Finding]
    questions: list[Question]
