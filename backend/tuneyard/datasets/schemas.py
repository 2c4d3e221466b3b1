"""Datasets as the REST API shows them."""

import codecs
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tuneyard.datasets.models import DatasetStatus, Origin
from tuneyard.specs.dataset import ColumnProfile, Finding, Question
from tuneyard.specs.events import JobError
from tuneyard.specs.job import ReadingOptions
from tuneyard.specs.repairs import Repair, RepairCount, RepairRecord
from tuneyard.specs.sayings import Details, Saying
from tuneyard.specs.tasks import ColumnMapping, Task

LONGEST_NAME = 200
TAB_NAMES = {"\\t": "\t", "tab": "\t"}
DATASET_ID = "ds_01k9f3w2m8q4t6v8x0z2b4d6f8"


def plain_name(value: str) -> str:
    """A name without the blanks around it; raises ValueError if nothing that can be read is left."""
    value = value.strip()
    if not value or not value.isprintable():
        raise ValueError("must have at least one letter and no control characters")
    return value


class Reading(BaseModel):
    """How the file is to be read. Whatever is not given is found out."""

    model_config = ConfigDict(extra="forbid")

    encoding: str | None = Field(
        None, max_length=40, description="Encoding of the text, as `utf-8` or `gb18030`.", examples=["windows-1252"]
    )
    delimiter: str | None = Field(
        None, description="The character between cells; `tab` for a tab.", examples=[";"], max_length=3
    )
    header: bool | None = Field(None, description="Whether the first row holds the names of the columns.")
    sheet: str | None = Field(None, max_length=255, description="Sheet of an Excel file; the first one with rows.")
    quote: str | None = Field(
        None, max_length=1, description="The character around cells that hold the delimiter; empty for none."
    )
    skip_lines: int | None = Field(
        None, ge=0, le=100_000, description="Lines above the header that are not part of the table."
    )

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                "".encode(value)
                codecs.lookup(value)
            except (LookupError, UnicodeError) as error:
                raise ValueError(f"'{value}' is no encoding known here; try utf-8, windows-1252 or gb18030") from error
        return value

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, value: str | None) -> str | None:
        if value is None:
            return None
        value = TAB_NAMES.get(value.lower(), value)
        if len(value) != 1 or value in '\r\n"\0':
            raise ValueError("must be one character, as ',' or ';', or 'tab'")
        return value

    @field_validator("sheet", "quote")
    @classmethod
    def _readable(cls, value: str | None) -> str | None:
        if value is not None and not value.isprintable():
            raise ValueError("must have no control characters")
        return value

    def options(self) -> ReadingOptions:
        """For the job that reads the file."""
        return ReadingOptions(**{name: getattr(self, name) for name in ReadingOptions.model_fields})


class UploadFields(Reading):
    """The fields beside `file` of an upload."""

    name: str | None = Field(
        None,
        min_length=1,
        max_length=LONGEST_NAME,
        description="Name of the dataset; the file's name if not given.",
        examples=["Support tickets"],
    )

    @field_validator("name")
    @classmethod
    def _printable(cls, value: str | None) -> str | None:
        return None if value is None else plain_name(value)


class VersionFields(Reading):
    """How to make the next version of a dataset, unless a new file is sent."""

    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="Read the file of this version again; the newest upload if not given."
    )


class DatasetUpdate(BaseModel):
    """What can be changed about a dataset."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=LONGEST_NAME, description="The new name.", examples=["Tickets 2026"])

    @field_validator("name")
    @classmethod
    def _printable(cls, value: str) -> str:
        return plain_name(value)


class DatasetRead(BaseModel):
    """A named table and where it stands."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the dataset.", examples=[DATASET_ID])
    name: str = Field(description="Its name, unique in the workspace.", examples=["support-tickets"])
    status: DatasetStatus = Field(description="`ready` as soon as it has a version.")
    error: JobError | None = Field(None, description="Why the last file or reading of it was refused.")
    latest_version: int | None = Field(None, description="Number of its newest version; null until there is one.")
    created_at: datetime = Field(description="When it was uploaded.")
    job_id: str | None = Field(None, description="The job that reads the file; only in the answer to an upload.")


class UploadRead(BaseModel):
    """The file as it came."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the upload.", examples=["up_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    filename: str = Field(description="Its name on the computer it came from.", examples=["tickets.csv"])
    bytes: int = Field(description="Its size.")
    sha256: str = Field(description="Checksum of its bytes.")
    created_at: datetime = Field(description="When it was uploaded.")


class DatasetVersionSummary(BaseModel):
    """One immutable state of a dataset."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Id of the version.", examples=["dsv_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    dataset_id: str = Field(description="The dataset it belongs to.", examples=[DATASET_ID])
    number: int = Field(description="1 is the first.", examples=[1])
    rows: int = Field(description="Rows that could be read.")
    sha256: str = Field(description="Checksum of the rows.")
    created_at: datetime = Field(description="When it was made.")
    origin: Origin = Field(
        description="`upload`: the first of its file; `reading`: a file that was there already, read in another way; "
        "`repair`: an earlier version, repaired."
    )
    options: ReadingOptions = Field(description="What was asked for when the file was read; the rest was found out.")
    repaired: RepairRecord | None = Field(None, description="Which version it was made from, and what was repaired.")
    upload: UploadRead | None = Field(None, description="The file it was read from.")


class DatasetVersionRead(DatasetVersionSummary):
    """A version with what is known of its columns and how the file was read."""

    columns: list[ColumnProfile] = Field(description="In the order of the file.")
    rejected_rows: int = Field(description="Lines that could not be read; see `rejects`.")
    blank_rows: int = Field(description="Rows of only empty cells, skipped and counted.")
    format: str = Field(description="What kind of file it is.", examples=["csv"])
    encoding: str | None = Field(description="Encoding it was read with.", examples=["utf-8"])
    delimiter: str | None = Field(description="The character between cells.", examples=[","])
    quote: str | None = Field(description="The character around cells that hold the delimiter.", examples=['"'])
    header: bool | None = Field(description="Whether the first row was taken as names of columns.")
    sheet: str | None = Field(description="The sheet of an Excel file that was read.")
    suggested_task: Task | None = Field(description="What could be learned from it.")
    suggested_columns: ColumnMapping = Field(description="Which column, or which several, would play which role.")
    suggestion_reason: str = Field(description="Why these columns, or what is missing.")
    suggestion_reasons: list[Saying] = Field(description="The sentences of `suggestion_reason`.")
    findings: list[Finding] = Field(description="The repair report, line by line.")
    questions: list[Question] = Field(description="Readings that are not certain; answered by reading it again.")
    repairs: list[RepairCount] = Field(
        description="Repairs that lose no meaning, each counted as if it were the only one; see `POST …/repairs`."
    )


class RowRead(BaseModel):
    """One row of a version."""

    row: int = Field(description="Its number; the first is 1.", examples=[1])
    values: list[str | None] = Field(
        description="A text for each column, in their order.", examples=[["My card was charged twice", "billing"]]
    )
    cut: bool = Field(False, description="Whether a cell was longer than `cell_limit` and is not shown in full.")


class RowPage(BaseModel):
    """Some rows of a version, in the order of the file."""

    columns: list[str] = Field(description="Names of the columns.", examples=[["body", "category"]])
    rows: list[RowRead] = Field(description="The rows from `offset` on.")
    offset: int = Field(description="Rows that come before.")
    total: int = Field(description="All rows of the version.")


class RejectRead(BaseModel):
    """One line of the file that could not be read as a row."""

    line: int = Field(description="Its number in the file; the first is 1.", examples=[17])
    raw: str = Field(description="The line as it stands there.", examples=['"unclosed,quote'])
    reason: str = Field(description="Why it could not be read.")
    code: str = Field(description="The reason, for programs.", examples=["unclosed_quote"])
    details: Details = Field(description="The numbers and names in the reason.")


class RejectPage(BaseModel):
    """Some rejected lines, in the order of the file."""

    rejects: list[RejectRead] = Field(description="The rejected lines from `offset` on.")
    offset: int = Field(description="Rejected lines that come before.")
    total: int = Field(description="All rejected lines.")


class PartQuery(BaseModel):
    """Which part of a table."""

    offset: int = Field(0, ge=0, le=2**53, description="Rows to pass over.")
    limit: int = Field(50, ge=1, le=1000, description="Rows to show.")
    cell_limit: int = Field(10_000, ge=1, le=1_000_000, description="Characters of a cell to show.")


class RepairOrder(BaseModel):
    """Which repairs to make the next version with."""

    model_config = ConfigDict(extra="forbid")

    repairs: list[Repair] = Field(
        min_length=1,
        max_length=len(Repair),
        description="Some of the version's `repairs`.",
        examples=[[Repair.REMOVE_DUPLICATES]],
    )


class RowQuery(PartQuery):
    """Which rows of a table."""

    only: list[Annotated[int, Field(ge=1, le=2**53)]] = Field(
        [], max_length=1000, description="Numbers of rows; then only these are shown, as those of a finding."
    )


class Report(BaseModel):
    """The repair report of a version: what to look at before anything is trained."""

    rows: int = Field(description="Rows that could be read.")
    rejected_rows: int = Field(description="Lines that could not be read; see `rejects`.")
    blank_rows: int = Field(description="Rows of only empty cells, skipped and counted.")
    findings: list[Finding] = Field(description="What was found, with the rows it was found in.")
    questions: list[Question] = Field(description="Readings that are not certain; answered by reading it again.")


def form_schema(fields: type[BaseModel], *, file_required: bool) -> dict[str, Any]:
    """OpenAPI schema of a form: `file` beside the fields."""
    schema = fields.model_json_schema()
    file = {"type": "string", "format": "binary", "description": "CSV, TSV, Excel, JSON, JSONL or Parquet."}
    return {
        "type": "object",
        "description": schema.get("description", ""),
        "properties": {"file": file, **schema["properties"]},
        "required": ["file"] if file_required else [],
    }
