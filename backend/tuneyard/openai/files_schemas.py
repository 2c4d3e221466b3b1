"""Files as the OpenAI client sends and reads them."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tuneyard.openai.lists import After

FILE_EXAMPLE = "ds_01k9f3w2m8q4t6v8x0z2b4d6f8"
CREATED = 1785000000
LONGEST_LIST = 10_000


class Purpose(StrEnum):
    """What a file is for."""

    FINE_TUNE = "fine-tune"
    RESULTS = "fine-tune-results"


class FileStatus(StrEnum):
    """How far it is."""

    UPLOADED = "uploaded"
    PROCESSED = "processed"
    ERROR = "error"


class FileFields(BaseModel):
    """The fields beside `file` of an upload."""

    model_config = ConfigDict(extra="ignore")

    purpose: Literal[Purpose.FINE_TUNE] = Field(
        description="`fine-tune`: what a model is to learn from.", examples=["fine-tune"]
    )


class OpenAIFile(BaseModel):
    """A dataset of the workspace as a file, or the figures of a job."""

    id: str = Field(
        description="Its id; that of a file for training is the id of its dataset.", examples=[FILE_EXAMPLE]
    )
    object: Literal["file"] = Field("file", description="What this is.")
    bytes: int = Field(description="Its size.")
    created_at: int = Field(description="When it came, in seconds since 1970.", examples=[CREATED])
    expires_at: None = Field(None, description="Always null: files are kept until they are deleted.")
    filename: str = Field(description="Its name on the computer it came from.", examples=["chats.jsonl"])
    purpose: Purpose = Field(description="What it is for.")
    status: FileStatus = Field(description="`uploaded` while it is read, then `processed` or `error`.")
    status_details: str | None = Field(
        description="Why it could not be read, or which of its lines nothing is learned from, and why."
    )


class FileDeleted(BaseModel):
    """A file that is gone."""

    id: str = Field(description="Its id.", examples=[FILE_EXAMPLE])
    object: Literal["file"] = Field("file", description="What this was.")
    deleted: Literal[True] = Field(True, description="Always true.")


class FilesQuery(BaseModel):
    """Which part of the list."""

    purpose: str | None = Field(None, max_length=40, description="Only files for this.")
    after: After = None
    limit: Annotated[int, Field(ge=1, le=LONGEST_LIST, description="So many at most.")] = LONGEST_LIST
    order: Literal["asc", "desc"] = Field("desc", description="`asc` begins with the oldest.")


def form_schema() -> dict[str, Any]:
    """OpenAPI schema of the form of an upload."""
    file = {"type": "string", "format": "binary", "description": "JSONL, one conversation a line; tables do as well."}
    purpose = {"type": "string", "enum": [Purpose.FINE_TUNE.value], "description": "What the file is for."}
    return {
        "type": "object",
        "description": "`expires_after` is taken and has no effect: files are kept until they are deleted.",
        "properties": {"file": file, "purpose": purpose},
        "required": ["file", "purpose"],
    }
