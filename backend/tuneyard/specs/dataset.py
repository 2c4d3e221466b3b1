"""What is known of a dataset version: `profile.json`."""

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field

from tuneyard.specs.base import Spec
from tuneyard.specs.job import Budget, ReadingOptions
from tuneyard.specs.repairs import RepairCount, RepairRecord
from tuneyard.specs.sayings import Details, Saying
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


class LengthBin(Spec):
    """One bar of a histogram of lengths."""

    shortest: int = Field(description="Fewest characters that count here.")
    longest: int = Field(description="Most characters that count here; what is far longer counts in the last bar.")
    count: int = Field(description="How many cells are that long.")


class LengthStats(Spec):
    """Lengths of the non-empty cells in characters."""

    shortest: int = Field(description="Characters of the shortest cell.")
    mean: float = Field(description="Characters on average.")
    median: float = Field(description="Half of the cells are no longer.")
    p95: float = Field(description="95 % of the cells are no longer.")
    longest: int = Field(description="Characters of the longest cell.")
    histogram: list[LengthBin] = Field([], description="How many cells are how long, the shortest first.")


class ColumnProfile(Spec):
    name: str = Field(description="Name of the column.")
    type: ColumnType = Field(description="What its cells hold.")
    suggested_role: Role | None = Field(None, description="What it would be used for; null for nothing.")
    reason: str = Field(description="Why this type and role, in plain words.")
    reasons: list[Saying] = Field([], description="The sentences of `reason`.")
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
    details: Details = Field({}, description="The numbers and names in the message.")


class Question(Spec):
    """A reading that is ambiguous; answered by ingesting again with other ReadingOptions.

    `chosen` and `alternatives` are values of an option: `header` of header (`true`, `false`), `encoding` of encoding,
    `delimiter` of delimiter, `comment` of skip_lines (how many lines above the header are passed over).
    """

    code: Literal["header", "encoding", "delimiter", "comment"] = Field(description="What is not certain.")
    message: str = Field(description="The question, in plain words.")
    chosen: str = Field(description="How it was read.")
    alternatives: list[str] = Field(description="How else it could be read.")
    details: Details = Field({}, description="The numbers and names in the message.")


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
    suggestion_reasons: list[Saying] = Field([], description="The sentences of `suggestion_reason`.")
    options: ReadingOptions = Field(ReadingOptions(), description="What was asked for when the file was read.")
    sheet: str | None = Field(None, description="The sheet of an Excel file that was read.")
    findings: list[Finding]
    questions: list[Question]
    repairs: list[RepairCount] = Field([], description="Repairs that lose no meaning, each counted by itself.")
    repaired: RepairRecord | None = Field(None, description="For a version that was made by repairs.")


class PreviewSpec(Spec):
    """What the process is told that reads the first rows of a file: `spec.json` of its folder.

    Result: `preview.json` (Preview), or `error.json` (specs.events.JobError) where the file can't be read that way.
    """

    path: Path
    filename: str
    options: ReadingOptions
    budget: Budget
    cpu_seconds: int = Field(ge=1, description="Processor time after which the process ends.")


class Preview(Spec):
    """The first rows of a file, read in one way."""

    columns: list[str] = Field(description="Names of the first columns.", examples=[["text", "label"]])
    column_count: int = Field(description="How many columns there are in all.")
    rows: list[list[str]] = Field(description="The first rows; long cells are cut.")
    rejected_rows: int = Field(description="How many of the first lines could not be read as rows.")
    encoding: str | None = Field(description="Encoding they were read with.", examples=["utf-8"])
    delimiter: str | None = Field(description="The character between cells.", examples=[","])
    quote: str | None = Field(description="The character around cells that hold the delimiter.", examples=['"'])
    header: bool | None = Field(description="Whether the first row was taken as names of columns.")
