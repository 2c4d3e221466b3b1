"""What a search finds, as the REST API shows it."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field


class HitType(StrEnum):
    DATASET = "dataset"
    JOB = "job"
    MODEL = "model"
    DEPLOYMENT = "deployment"


class SearchQuery(BaseModel):
    q: str = Field(
        min_length=1,
        max_length=120,
        description="A part of a name, upper and lower case alike, or a whole id.",
        examples=["support"],
    )
    limit: int = Field(5, ge=1, le=20, description="Most hits of each type.")


class SearchHit(BaseModel):
    """One thing of the workspace."""

    type: HitType = Field(description="What it is.")
    id: str = Field(description="Its id.", examples=["ds_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    name: str = Field(description="Its name.", examples=["support-tickets"])
    status: str | None = Field(description="Where it is in its life; null for a model, which has no states.")
    version: int | None = Field(None, description="Number of the newest version of a dataset or model.")
    created_at: datetime = Field(description="When it was made.")


class SearchResult(BaseModel):
    data: list[SearchHit] = Field(
        description="By type; within a type those that start with the text first, then the newest."
    )
