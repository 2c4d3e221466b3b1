"""What api and serving process tell each other."""

from typing import Literal

from pydantic import BaseModel, Field

from tuneyard.deployments.schemas import VERSION_EXAMPLE


class Assignment(BaseModel):
    """A version to hold."""

    model_version_id: str = Field(description="Id of the version.", examples=[VERSION_EXAMPLE])
    artifact: str = Field(description="Its folder, relative to the store.")
    verified: bool = Field(description="It has passed the parity gate, so it may answer at once.")


class Assignments(BaseModel):
    """Everything to hold."""

    versions: list[Assignment] = Field(description="Of all workspaces.")


class Parity(BaseModel):
    """How the live answers compare with those of the evaluation."""

    rows: int = Field(ge=0, description="Held-out rows that were scored.")
    agreeing: int = Field(ge=0, description="Rows with the same answer.")
    largest_difference: float = Field(ge=0, description="Of any score of any row.")


class ServingReport(BaseModel):
    """What the check of a version found."""

    model_version_id: str = Field(description="The version that was checked.", examples=[VERSION_EXAMPLE])
    status: Literal["ready", "failed"] = Field(description="Whether it may take traffic.")
    message: str | None = Field(None, max_length=4000, description="Why not, in words for its owner.")
    parity: Parity | None = Field(None, description="The figures behind it; null if it could not be loaded.")
