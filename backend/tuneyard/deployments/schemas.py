"""Deployments as the REST API shows them."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from tuneyard.deployments.models import DeploymentStatus
from tuneyard.deployments.traffic import Period
from tuneyard.specs.sayings import Details

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
NAME_EXAMPLE = "support"
VERSION_EXAMPLE = "mv_01k9f3w2m8q4t6v8x0z2b4d6f8"
ROUTES_EXAMPLE: list[JsonValue] = [{"model_version_id": VERSION_EXAMPLE, "weight": 1.0}]


def _usable_in_an_address(name: str) -> str:
    if not NAME.fullmatch(name):
        raise PydanticCustomError(
            "deployment_name",
            "Use 1 to 63 lower-case letters, digits and dashes, with a letter or digit first and last, as 'support-en'",
        )
    return name


DeploymentName = Annotated[str, AfterValidator(_usable_in_an_address)]


class RevisionState(StrEnum):
    SERVING = "serving"
    PASSED = "passed"
    CHECKING = "checking"
    FAILED = "failed"


class DeploymentCreate(BaseModel):
    """A name for an endpoint, and the version that answers there."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": NAME_EXAMPLE, "model_version_id": VERSION_EXAMPLE}]},
    )

    name: DeploymentName = Field(
        description="Part of its addresses: 1 to 63 lower-case letters, digits and dashes.", examples=[NAME_EXAMPLE]
    )
    model_version_id: str = Field(description="The version that answers.", examples=[VERSION_EXAMPLE])


class RouteWrite(BaseModel):
    """A share of the traffic."""

    model_config = ConfigDict(extra="forbid")

    model_version_id: str = Field(description="The version that answers.", examples=[VERSION_EXAMPLE])
    weight: float = Field(
        1.0,
        gt=0,
        le=1_000_000,
        allow_inf_nan=False,
        description="Its share of the requests, against the sum of all weights.",
        examples=[0.9],
    )


class DeploymentChange(BaseModel):
    """The routes of a new revision."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"routes": ROUTES_EXAMPLE}]})

    routes: list[RouteWrite] = Field(
        min_length=1, max_length=10, description="All versions that are to answer, each with its share."
    )


class RollbackRequest(BaseModel):
    """Which revision to go back to."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"revision": 1}]})

    revision: int | None = Field(None, ge=1, description="Its number; the one before the newest if not given.")


class RouteRead(BaseModel):
    """A share of the traffic."""

    model_version_id: str = Field(description="The version that answers.", examples=[VERSION_EXAMPLE])
    weight: float = Field(description="Its share, against the sum of all weights.", examples=[1.0])
    model_id: str = Field(description="The model it is a version of.")
    model_name: str = Field(description="Name of that model.", examples=["support-tickets"])
    number: int = Field(description="Number of the version.", examples=[2])


class DeploymentUrls(BaseModel):
    """Where to reach a deployment."""

    predict: str = Field(
        description="POST texts here.", examples=["http://localhost:8321/api/v1/deployments/support/predict"]
    )
    huggingface: str = Field(
        description="The `model` of huggingface_hub.InferenceClient.", examples=["http://localhost:8321/hf/support"]
    )
    openai: str = Field(
        description="The `base_url` of the OpenAI client; the deployment's name is the `model`.",
        examples=["http://localhost:8321/v1"],
    )
    page: str = Field(
        description="Its page, with the playground.", examples=["http://localhost:8321/deployments/support"]
    )


class DeploymentProblem(BaseModel):
    """Why the newest revision takes no traffic."""

    code: str = Field(
        description="Stable, for programs: `check_failed` answers otherwise than in its evaluation, `not_loaded` "
        "could not be loaded.",
        examples=["check_failed"],
    )
    message: str = Field(description="What happened and what to do next.")
    details: Details = Field({}, description="The numbers and names in the message.")


class RecentTraffic(BaseModel):
    """What comes in now: the mean of the last five minutes."""

    model_config = ConfigDict(from_attributes=True)

    requests_per_minute: float = Field(description="All of them, by whichever address.", examples=[12.4])
    errors_per_minute: float = Field(description="Those answered with a status of 4xx or 5xx.", examples=[0.2])
    p50_ms: float | None = Field(
        description="Half of the answered ones took no longer; null if there were none.", examples=[4.1]
    )
    p95_ms: float | None = Field(description="95 of 100 answered ones took no longer.", examples=[9.8])


class DeploymentRead(BaseModel):
    """A stable name that routes traffic to model versions."""

    id: str = Field(description="Id of the deployment.", examples=["dep_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    name: str = Field(description="Its name, part of its addresses.", examples=[NAME_EXAMPLE])
    status: DeploymentStatus = Field(
        description="`starting` until its first revision has passed the check, `failed` if that did not, else `ready`."
    )
    routes: list[RouteRead] = Field(description="Of the revision that takes traffic; of the newest until one does.")
    text_columns: list[str] = Field(
        description="Columns that hold what is asked: a batch reads them, and a classifier's input needs them if it "
        "is sent as a row; a text alone does as well.",
        examples=[["subject", "body"]],
    )
    urls: DeploymentUrls = Field(description="Where to reach it.")
    traffic: RecentTraffic = Field(description="What comes in now; `GET …/traffic` tells more.")
    error: DeploymentProblem | None = Field(description="Why the newest revision takes no traffic.")
    revision: int | None = Field(description="The revision that takes traffic; null until one does.", examples=[1])
    newest_revision: int = Field(
        description="The revision asked for last; it takes traffic once it has passed the check.", examples=[1]
    )
    created_at: datetime = Field(description="When it was made.")


class CheckRead(BaseModel):
    """What was found when a version, called through the live path, answered rows of its evaluation again."""

    model_version_id: str = Field(description="The version that was checked.", examples=[VERSION_EXAMPLE])
    passed: bool = Field(description="Whether it may take traffic.")
    message: str | None = Field(description="Why not, in words.")
    rows: int | None = Field(description="How many rows it was asked; null if it could not be loaded.", examples=[822])
    agreeing: int | None = Field(description="Rows that it answered as in its evaluation.", examples=[822])
    checked_at: datetime = Field(description="When.")


class RevisionRead(BaseModel):
    """One choice of routes."""

    number: int = Field(description="1 is the first.", examples=[1])
    state: RevisionState = Field(
        description="`serving` takes traffic, `passed` could be gone back to, `checking` waits for its check."
    )
    routes: list[RouteRead] = Field(description="The versions that answer, each with its share.")
    checks: list[CheckRead] = Field(description="Of its versions; those still to be checked are left out.")
    created_at: datetime = Field(description="When it was asked for.")


class TrafficQuery(BaseModel):
    """How far to look back."""

    period: Period = Field(
        Period.HOUR, description="`hour` by the minute, `day` by 10 minutes, `week` by the hour, `month` by 6 hours."
    )


class TrafficFigures(BaseModel):
    """How many requests came, and how long the answered ones took."""

    model_config = ConfigDict(from_attributes=True)

    requests: int = Field(description="All of them, by whichever address.", examples=[120])
    refused: int = Field(description="Those answered with 4xx: wrong in themselves, or too many.", examples=[2])
    failed: int = Field(description="Those answered with 5xx.", examples=[0])
    p50_ms: float | None = Field(
        description="Half of the answered ones took no longer, to its bucket; null if there were none.",
        examples=[4.1],
    )
    p95_ms: float | None = Field(description="95 of 100 answered ones took no longer.", examples=[9.8])


class TrafficPoint(TrafficFigures):
    """The figures of one step."""

    start: datetime = Field(description="When the step began.")


class TrafficRead(BaseModel):
    """Requests of a deployment over time, to within a few seconds of now."""

    period: Period = Field(description="How far it looks back.")
    step_seconds: int = Field(description="Length of a step.", examples=[60])
    points: list[TrafficPoint] = Field(description="Every step, the oldest first; those without requests too.")
    total: TrafficFigures = Field(description="Of the whole period.")
