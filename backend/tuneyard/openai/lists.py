"""Lists as the OpenAI client pages through them: behind the last id it has, until `has_more` is false."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from tuneyard.openai.errors import BadRequest

Item = TypeVar("Item", bound=BaseModel)
After = Annotated[str | None, Field(max_length=100, description="Those behind the one of this id.")]


class OpenAIList(BaseModel, Generic[Item]):
    """A part of a list."""

    object: Literal["list"] = Field("list", description="What this is.")
    data: list[Item] = Field(description="In their order.")
    first_id: str | None = Field(None, description="Id of the first one here.")
    last_id: str | None = Field(None, description="Id of the last one here.")
    has_more: bool = Field(description="Whether there are more; ask for those `after` the last id.")


def listed(items: list[Item], limit: int, kind: type[OpenAIList[Item]]) -> OpenAIList[Item]:
    """The first `limit` of items, of which one more was looked up to see whether it is there."""
    shown = items[:limit]
    ids = [str(getattr(item, "id")) for item in shown]  # noqa: B009 - every item of these lists has one
    return kind(
        data=shown, first_id=ids[0] if ids else None, last_id=ids[-1] if ids else None, has_more=len(items) > limit
    )


def age_of(item_id: str) -> str:
    """The part of an id that sorts by age, whatever it is the id of. Raises BadRequest."""
    kind, _, age = item_id.rpartition("_")
    if not kind or not age.isalnum():
        raise BadRequest(f"'{item_id}' is not the id of an entry of this list.", param="after")
    return age
