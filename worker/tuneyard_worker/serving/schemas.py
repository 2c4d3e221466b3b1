"""What the serving process says to the api, and hears from it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# More texts at once belong into a batch job; here they would keep others waiting.
MOST_INPUTS = 1000
MOST_EMBEDDED = 2048


class PredictRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    inputs: Annotated[list[str], Field(min_length=1, max_length=MOST_INPUTS)]
    top_k: int | None = Field(None, ge=1)
    count: bool = Field(False, description="Tell how many tokens the inputs have.")


class EmbedRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    inputs: Annotated[list[str | list[int]], Field(min_length=1, max_length=MOST_EMBEDDED)]


class EmbedReply(BaseModel):
    embeddings: list[str] = Field(description="By input, little-endian float32 in base64.")
    tokens: int = Field(description="Read in all.")


class Prediction(BaseModel):
    label: str
    score: float
    scores: dict[str, float] = Field(description="Highest first; all labels, or the `top_k` best.")


class Assignment(BaseModel):
    """A version that the api wants served."""

    model_version_id: str
    artifact: str = Field(description="Folder in the store.")
    verified: bool = Field(description="It has passed the parity gate before.")


class Assignments(BaseModel):
    versions: list[Assignment]


class Parity(BaseModel):
    """How the live answers compare with those of the evaluation."""

    rows: int
    agreeing: int
    largest_difference: float


class Report(BaseModel):
    model_version_id: str
    status: Literal["ready", "failed"]
    message: str | None = None
    parity: Parity | None = None


class HeldVersion(BaseModel):
    model_version_id: str
    state: Literal["unchecked", "ready", "failed"]
    loaded: bool
    waiting: int = Field(description="Texts in the queue.")


class Status(BaseModel):
    versions: list[HeldVersion]
    memory_bytes: int = Field(description="Models in memory; a shared encoder counts once.")
    memory_limit_bytes: int
    waiting: int
