"""Models in the shape of the OpenAI API."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tuneyard.deployments.schemas import NAME_EXAMPLE
from tuneyard.openai.files_schemas import CREATED, LONGEST_LIST
from tuneyard.openai.lists import After


class ModelsQuery(BaseModel):
    """Which part of the list; without a limit all of it, as the clients ask for no second page of this one."""

    limit: Annotated[int, Field(ge=1, le=LONGEST_LIST, description="So many at most.")] = LONGEST_LIST
    after: After = None


class OpenAIModel(BaseModel):
    """A deployment that answers, or a base model."""

    id: str = Field(description="Its name: the `model` of a request.", examples=[NAME_EXAMPLE])
    object: Literal["model"] = Field("model", description="What this is.")
    created: int = Field(description="When it was deployed or fetched, in seconds since 1970.", examples=[CREATED])
    owned_by: str = Field(
        description="The workspace; `tuneyard` for a base model.", examples=["ws_01k9f3w2m8q4t6v8x0z2b4d6f8"]
    )


class ModelDeleted(BaseModel):
    """A model that answers no longer."""

    id: str = Field(description="Its name.", examples=[NAME_EXAMPLE])
    object: Literal["model"] = Field("model", description="What this was.")
    deleted: Literal[True] = Field(True, description="Always true.")
