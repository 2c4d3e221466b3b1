"""Deployments as the REST API shows them."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from tuneyard.deployments.models import DeploymentStatus

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
    page: str = Field(
        description="Its page, with the playground.", examples=["http://localhost:8321/deployments/support"]
    )


class DeploymentProblem(BaseModel):
    """Why the newest revision takes no traffic."""

    code: str = Field(description="Stable, for programs.", examples=["check_failed"])
    message: str = Field(description="What happened and what to do next.")


class DeploymentRead(BaseModel):
    """A stable name that routes traffic to model versions."""

    id: str = Field(description="Id of the deployment.", examples=["dep_01k9f3w2m8q4t6v8x0z2b4d6f8"])
    name: str = Field(description="Its name, part of its addresses.", examples=[NAME_EXAMPLE])
    status: DeploymentStatus = Field(
        description="`starting` until its first revision has passed the check, `failed` if that did not, else `ready`."
    )
    routes: list[RouteRead] = Field(description="Of the revision that takes traffic; of the newest until one does.")
    urls: DeploymentUrls = Field(description="Where to reach it.")
    error: DeploymentProblem | None = Field(description="Why the newest revision takes no traffic.")
    revision: int | None = Field(description="The revision that takes traffic; null until one does.", examples=[1])
    newest_revision: int = Field(
        description="The revision asked for last; it takes traffic once it has passed the check.", examples=[1]
    )
    created_at: datetime = Field(description="When it was made.")


class RevisionRead(BaseModel):
    """One choice of routes."""

    number: int = Field(description="1 is the first.", examples=[1])
    state: RevisionState = Field(
        description="`serving` takes traffic, `passed` could be gone back to, `checking` waits for its check."
    )
    routes: list[RouteRead] = Field(description="The versions that answer, each with its share.")
    created_at: datetime = Field(description="When it was asked for.")
